"""The embedded sample on disk, corpus by corpus."""

from pathlib import Path

from src.data.sample.mnist import write_digits
from src.data.sample.rukopys import write_letters
from src.errors import InputError
from src.sections import Sample


def write_sample(corpus: str, folder: Path, settings: Sample) -> None:
    """Write one corpus of the embedded sample into `folder`, in the format of the real one.

    Every byte is settled by `settings`. corpus: `mnist` (four gzipped IDX files) or `rukopys` (glyphs.csv, glyphs/).

    Raises:
        InputError: There is no such corpus.
        OSError: The disk is full or the folder cannot be written.
    """
    if corpus == "mnist":
        write_digits(folder, settings.train_digits, settings.test_digits, settings.seed)
    elif corpus == "rukopys":
        write_letters(folder, settings.letters_per_class, settings.seed)
    else:
        raise InputError(f"{corpus}: the embedded sample has no such corpus; choose mnist or rukopys")
