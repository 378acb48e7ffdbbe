"""`pysar predict` on many files beside merely decoding them: `python -m benchmarks.predict_files`, on an idle machine.

Both read the same PNG of 200 x 200 with as many processes as cores; starting these counts on both sides. Each is run
three times by turns, and the best of each counts; then one process takes the steps of reading one after the other,
and tells what each takes. Writes benchmarks/results/predict_files.json.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from PIL import Image
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.common.command import Command
from src.common.cores import allowed_cores, in_order
from src.common.files import write_json
from src.data.writer.draw import draw_glyph
from src.features.decoding.picture_file import decode_picture
from src.features.labels import LETTERS
from src.features.picture.normalize import normalize
from src.prediction.answer import answer_glyphs
from src.prediction.model import glyph_arrays, read_model
from src.prediction.model_file import RELEASED
from src.workspace.measurements import on_disk, revision_of

RESULT = Path("benchmarks/results/predict_files.json")
_DISTINCT = 1000
_CHUNK = 32
_TURNS = 3


def draw_files(folder: Path, count: int) -> list[Path]:
    """Write so many PNG of drawn letters, RGB as rukopys' are; beyond a thousand they come again."""
    paths = [folder / f"{number:05}.png" for number in range(count)]
    for number, path in enumerate(paths[:_DISTINCT]):
        drawing = draw_glyph(LETTERS[number % len(LETTERS)], number % 2 == 0, np.random.default_rng(number))
        Image.fromarray(np.asarray(drawing, np.uint8)).convert("RGB").save(path)
    for number, path in enumerate(paths[_DISTINCT:]):
        path.write_bytes(paths[number % _DISTINCT].read_bytes())
    return paths


def decode_files(paths: list[Path]) -> None:
    """Read and decode files on all cores; nothing else is done with them."""
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    list(in_order(_decode, chunks, allowed_cores()))


def _decode(paths: list[Path]) -> None:
    for path in paths:
        decode_picture(path.read_bytes())


def predict_files(folder: Path) -> None:
    """Let the command read a folder."""
    command = [
        sys.executable,
        "-m",
        "src.commands.cli",
        "predict",
        str(folder),
        "--format",
        "csv",
        "--model",
        str(RELEASED),
    ]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own


def step_times(paths: list[Path]) -> dict[str, float]:
    """Return what each step of reading takes in this process, ms a file: the least of three times."""
    model = read_model(RELEASED)
    chunks = [[path.read_bytes() for path in paths[start : start + _CHUNK]] for start in range(0, len(paths), _CHUNK)]
    pictures = [[decode_picture(content) for content in chunk] for chunk in chunks]
    glyphs = [[normalize(picture, model.side) for picture in chunk] for chunk in pictures]
    arrays = [glyph_arrays(chunk, model.alphabet, height_known=False) for chunk in glyphs]
    steps: dict[str, Callable[[], object]] = {
        "decode": lambda: [decode_picture(content) for chunk in chunks for content in chunk],
        "normalize": lambda: [normalize(picture, model.side) for chunk in pictures for picture in chunk],
        "network": lambda: [model.outputs(*chunk) for chunk in arrays],
        "answer": lambda: [answer_glyphs(model, chunk) for chunk in glyphs],
    }
    times = {name: min(_seconds(step) for _ in range(_TURNS)) / len(paths) * 1000 for name, step in steps.items()}
    times["answer"] -= times["network"]
    return times


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


@click.command(cls=Command)
@click.option("--count", type=click.IntRange(1), default=10_000, show_default=True, help="Files.")
def main(count: int) -> None:
    """Measure both, print files a second and their ratio, write the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = draw_files(folder, count)
        turns = [
            (_seconds(lambda: predict_files(folder)), _seconds(lambda: decode_files(paths))) for _ in range(_TURNS)
        ]
        parts = step_times(paths[:_DISTINCT])
    predicted, decoded = (count / min(times) for times in zip(*turns, strict=True))
    table = Table("files a second", "ratio", box=SIMPLE_HEAD)
    table.add_row(f"decoded: {decoded:,.0f}", "1")
    table.add_row(f"predicted: {predicted:,.0f}", f"{predicted / decoded:.2f}")
    for name, milliseconds in parts.items():
        table.add_row(f"{name}: {milliseconds:.3f} ms a file on one core", "")
    Console().print(table)
    write_json(
        RESULT,
        {
            "files": count,
            "predicted_per_second": predicted,
            "decoded_per_second": decoded,
            "parts": parts,
            "revision": revision_of(RESULT.name, on_disk(Path())),
        },
    )


if __name__ == "__main__":
    main()
