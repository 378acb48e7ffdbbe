"""Letters in Cyrillic-MNIST's own format: a zip of 28x28 binary PNG and of two lists that label some of them."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.data.corpora.cmnist_names import LOWERCASE, UPPERCASE
from src.data.corpora.packed import write_packed
from src.data.corpora.png import encode_png
from src.data.writer.draw import write_glyph
from src.data.writer.hand import Hand, random_hand
from src.data.writer.pen import draw_ink

_DRAWN = "абвгдежзиійклмнопрстуфхцчшщьэюя"
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_UNLIKELOWERCASE = "абвгғдеёзрт"
"""The capitals that have a class of their own in upstream's list of 53."""
_HEADER = ["filename", "letters81", "merged53", "unbalanced42class", "balanced42", "Russian"]
_SIDE = 28
_MOST_INK = 160.0
"""Area of ink in px: a bold pen would fill the gaps of ш."""
_PER_SHEET = 4
_FIRST_SHEET = datetime(2019, 7, 29, 8, 0, 0, tzinfo=UTC)


class _Picture(NamedTuple):
    """One picture: its name, its row in a list, its place on its sheet, its PNG."""

    filename: str
    row: list[object]
    place: int
    png: bytes


def write_cyrillic(folder: Path, per_class: int, seed: int) -> None:
    """Write `cmnist.zip`: `per_class` pictures of each of 31 lowercase and 30 uppercase letters, `э` among them.

    Four pictures of a letter make a sheet (one timestamp), written by one hand. As upstream, the lists label only some
    pictures, here the first of each sheet in `test.csv` and the second in `validation.csv`.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed).spawn(4)[3])
    pictures = list(_draw_pictures(per_class, generator))
    members = {f"all-binary/{picture.filename}": picture.png for picture in pictures}
    for place, name in enumerate(("test.csv", "validation.csv")):
        members[name] = _as_csv([_HEADER, *(picture.row for picture in pictures if picture.place == place)])
    write_packed(folder / "cmnist.zip", members)


def draw_letter(letter: str, is_uppercase: bool, hand: Hand, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a letter (`э` as a mirrored `є`) as Cyrillic-MNIST shows them: bold, and nearly as large as the picture.

    Returns:
        (28, 28) uint8, nothing but black ink (0) and white paper (255).

    Raises:
        InputError: The label is outside the alphabet.
    """
    if letter == "э":
        writing = write_glyph("є", is_uppercase, generator, replace(hand, slant=-hand.slant)).mirror()
    else:
        writing = write_glyph(letter, is_uppercase, generator, hand)
    box, pen = generator.uniform(20, 24), generator.uniform(2.2, 2.8)
    length = sum(float(np.abs(np.diff(line)).sum()) for line in writing.fit(box, pen).lines)
    fitted = writing.fit(box, min(pen, _MOST_INK / length))
    ink = draw_ink(fitted.lines, fitted.nib, _SIDE)
    return np.where(ink > 127, 0, 255).astype(np.uint8)


def _draw_pictures(per_class: int, generator: np.random.Generator) -> Iterator[_Picture]:
    sheet, hand = _FIRST_SHEET, random_hand(generator)
    for is_uppercase, alphabet in ((False, LOWERCASE), (True, UPPERCASE)):
        for letter in _DRAWN:
            if letter not in alphabet:
                continue
            code = alphabet.index(letter)
            for number in range(per_class):
                if number % _PER_SHEET == 0:
                    sheet, hand = sheet + timedelta(seconds=1), random_hand(generator)
                filename = f"{code}_{code}_{number}_{sheet:%Y%m%d%H%M%S}.png"
                png = encode_png(draw_letter(letter, is_uppercase, hand, generator))
                yield _Picture(filename, [filename, *_classes(letter, is_uppercase)], number % _PER_SHEET, png)


def _classes(letter: str, is_uppercase: bool) -> list[object]:
    """Return a letter's number in each of upstream's five lists of classes, -1 where it has none."""
    lowercase = LOWERCASE.index(letter)
    letters81 = len(LOWERCASE) + UPPERCASE.index(letter) if is_uppercase else lowercase
    is_merged = not is_uppercase or letter not in _UNLIKELOWERCASE
    merged53 = lowercase if is_merged else len(LOWERCASE) + _UNLIKELOWERCASE.index(letter)
    return [letters81, merged53, lowercase, float(lowercase), float(_RUSSIAN.find(letter))]


def _as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()
