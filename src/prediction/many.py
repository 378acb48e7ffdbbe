"""Picture files read in their order, on all cores where there are many."""

import logging
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from src.common.cores import allowed_cores, in_order
from src.common.errors import InputError
from src.features.picture.normalize import Glyph, normalize
from src.models.verdict.verdict import Kind
from src.prediction.answer import Answer, answer_glyphs
from src.prediction.drawing import decode_first_drawing
from src.prediction.model import Model, read_model
from src.prediction.picture_files import Problem

LARGEST_BYTES = 100_000_000
"""A file larger than this is not read."""
_CHUNK = 32
_WORTH_PROCESSES = 400
"""Pictures; starting processes takes as long as reading these."""


class Asked(NamedTuple):
    """How pictures are to be read: see `answer_glyphs`."""

    kind: Kind | None = None
    top: int = 3
    height_known: bool = False


def silence_readers() -> None:
    """Let Pillow not tell what it thinks of a picture: what matters becomes an error."""
    warnings.simplefilter("ignore")
    logging.getLogger("PIL").setLevel(logging.CRITICAL)


def read_files(
    paths: Sequence[Path], model: Model, asked: Asked, workers: int | None = None
) -> Iterator[tuple[Path, Answer | Problem]]:
    """Yield each path with its answer, or with what is wrong with it, in their order, as soon as it is known.

    Args:
        paths: Regular files.
        model: The exported network; other processes read its file again.
        asked: How they are to be read.
        workers: Processes; as many as allowed cores by default, and this one alone where there are few pictures.

    Raises:
        WorkError: A process was killed.
    """
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    if workers is None:
        workers = allowed_cores() if len(paths) >= _WORTH_PROCESSES else 1
    here = workers == 1
    read = partial(_read_chunk, model, asked) if here else partial(_read_elsewhere, Path(model.where), asked)
    for chunk, answers in zip(chunks, in_order(read, chunks, workers), strict=True):
        yield from zip(chunk, answers, strict=True)


def _read_elsewhere(model: Path, asked: Asked, paths: Sequence[Path]) -> list[Answer | Problem]:
    silence_readers()
    return _read_chunk(_model_at(model), asked, paths)


@cache
def _model_at(path: Path) -> Model:
    """Return what a process keeps from chunk to chunk."""
    return read_model(path)


class _Found(NamedTuple):
    """The glyph of a file's first frame, and whether there are more frames."""

    glyph: Glyph
    has_more: bool


def _read_chunk(model: Model, asked: Asked, paths: Sequence[Path]) -> list[Answer | Problem]:
    found = [_find_glyph(path, model.side) for path in paths]
    glyphs = [each.glyph for each in found if isinstance(each, _Found)]
    answers = iter(answer_glyphs(model, glyphs, **asked._asdict()) if glyphs else ())
    return [each if isinstance(each, Problem) else _told(next(answers), each) for each in found]


def _told(answer: Answer, found: _Found) -> Answer:
    if found.has_more:
        answer["more_frames"] = True
    return answer


def _find_glyph(path: Path, side: int) -> _Found | Problem:
    try:
        frame = decode_first_drawing(_content(path))
        return _Found(normalize(frame.pixels, side), frame.has_more)
    except InputError as error:
        return Problem(path, str(error))
    except OSError as error:
        return Problem(path, error.strerror or str(error))


def _content(path: Path) -> bytes:
    # Without O_NONBLOCK a fifo that has taken the file's place would be waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise InputError("no regular file")
        if status.st_size > LARGEST_BYTES:
            raise InputError(f"larger than {LARGEST_BYTES // 1_000_000} MB; make it smaller")
        return stream.read()
