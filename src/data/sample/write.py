"""The embedded sample on disk, corpus by corpus."""

from collections.abc import Callable
from pathlib import Path

from src.common.errors import InputError
from src.config.sections import Sample
from src.data.sample.cmnist import write_cyrillic
from src.data.sample.comnist import write_touch_screen
from src.data.sample.emnist import write_latin
from src.data.sample.mnist import write_digits
from src.data.sample.rukopys import write_letters

_WRITERS: dict[str, Callable[[Path, Sample], None]] = {
    "mnist": lambda folder, settings: write_digits(folder, settings.train_digits, settings.test_digits, settings.seed),
    "rukopys": lambda folder, settings: write_letters(folder, settings.letters_per_class, settings.seed),
    "cmnist": lambda folder, settings: write_cyrillic(folder, settings.cmnist_per_class, settings.seed),
    "comnist": lambda folder, settings: write_touch_screen(folder, settings.comnist_per_class, settings.seed),
    "emnist": lambda folder, settings: write_latin(folder, settings.emnist_per_class, settings.seed),
}


SAMPLE_CORPORA = tuple(_WRITERS)


def write_sample(corpus: str, folder: Path, settings: Sample) -> None:
    """Write one corpus of the embedded sample into `folder`, in the format of the real one.

    Every byte is settled by `settings`. corpus: `mnist` (four gzipped IDX files), `rukopys` (glyphs.csv, glyphs/),
    `cmnist` or `comnist` (one zip each), `emnist` (two IDX files and the mapping of their classes).

    Raises:
        InputError: There is no such corpus.
        OSError: The disk is full or the folder cannot be written.
    """
    if corpus not in _WRITERS:
        known = ", ".join(_WRITERS)
        raise InputError(f"{corpus}: the embedded sample has no such corpus; choose one of {known}")
    _WRITERS[corpus](folder, settings)
