"""The checks of one row of glyphs.csv against its picture, and of all rows against each other."""

import io
import struct
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from src.common.digests import bytes_digest
from src.data.cleaning.glyph_ink import Box, Ink, measure_ink
from src.data.cleaning.glyph_problems import Case, Problem
from src.features.labels import LETTERS
from src.features.picture.grey import to_grey

Pictures = Mapping[str, Callable[[], bytes]]
"""The picture files by name; called, each gives its bytes."""


@dataclass(frozen=True)
class Row:
    """One row of glyphs.csv."""

    filename: str
    label: str
    is_uppercase: bool
    box: Box


@dataclass(frozen=True)
class Checked:
    """What became of one row: its problems, and where it stays, the box of its ink and a digest of its pixels."""

    row: Row
    problems: list[Problem] = field(default_factory=list)
    box: Box | None = None
    digest: str = ""


class UnreadablePictureError(Exception):
    """The bytes are no picture; says why."""


def decode(data: bytes) -> NDArray[np.uint8]:
    """Return a picture file's grey values, (height, width) uint8.

    Raises:
        UnreadablePictureError: The bytes are no picture, or a broken one.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.verify()  # checks the sums of a PNG's chunks; reading its pixels does not, and gives wrong ones
        with Image.open(io.BytesIO(data)) as picture:
            return to_grey(picture)
    except UnidentifiedImageError:
        raise UnreadablePictureError("the file is no picture of a known format") from None
    # Pillow's PNG reader raises any of these on broken bytes.
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise UnreadablePictureError(" ".join(str(error).split())) from error


def check_row(row: Row, pictures: Pictures, tolerance: int) -> Checked:
    """Check a row against its picture, which it looks up in `pictures`."""
    if len(row.label) != 1 or row.label not in LETTERS:
        codes = " ".join(f"U+{ord(character):04X}" for character in row.label) or "empty"
        return _dropped(row, Case.UNKNOWN_LABEL, f"label {row.label!r} ({codes}) is no lowercase Ukrainian letter")
    if row.filename not in pictures:
        return _dropped(row, Case.ROW_WITHOUT_PICTURE, "the corpus has no such picture")
    try:
        grey = decode(pictures[row.filename]())
    except UnreadablePictureError as error:
        return _dropped(row, Case.UNREADABLE_PICTURE, str(error))
    ink = measure_ink(grey)
    if ink is None:
        return _dropped(row, Case.NO_INK, "the picture is blank")
    digest = bytes_digest(repr(grey.shape).encode() + grey.tobytes())
    return Checked(row, _box_problems(row, ink, tolerance), ink.letter, digest)


def find_same_pixels(rows: Sequence[Checked]) -> dict[int, Problem]:
    """Return the rows (by position) to drop because others have the same pixels.

    Under one label and case the first row stays; under several none does, since nobody knows which is right.
    """
    positions = defaultdict(list)
    for position, checked in enumerate(rows):
        if checked.box is not None:
            positions[checked.digest].append(position)
    problems = {}
    for same in positions.values():
        names = [_name(rows[position].row) for position in same]
        conflict = len({(rows[position].row.label, rows[position].row.is_uppercase) for position in same}) > 1
        case = Case.SAME_PIXELS_TWO_LABELS if conflict else Case.SAME_PIXELS_TWICE
        for index, position in enumerate(same):
            if len(same) > 1 and (conflict or index > 0):
                others = ", ".join(names[:index] + names[index + 1 :]) if conflict else names[0]
                reason = f"{names[index]} has the same pixels as {others}"
                problems[position] = Problem(rows[position].row.filename, case, reason)
    return problems


def _box_problems(row: Row, ink: Ink, tolerance: int) -> list[Problem]:
    if row.box.distance(ink.letter) <= tolerance:
        return []
    found = []
    if (off := row.box.distance(ink.whole)) > tolerance:
        found.append((Case.BOX_OFF_INK, f"box {row.box} is {off} px off the ink {ink.whole}"))
    if ink.line is not None:
        found.append((Case.STRAY_LINE, f"a line as high as the picture at {ink.line} is cut off"))
    if ink.specks:
        where = ", ".join(f"{part.area} px at {part.box}" for part in ink.specks)
        found.append((Case.FAR_SPECK, f"far from the letter {ink.letter}: {where} cut off"))
    return [Problem(row.filename, case, reason, row.box, ink.letter) for case, reason in found]


def _dropped(row: Row, case: Case, reason: str) -> Checked:
    return Checked(row, [Problem(row.filename, case, reason)])


def _name(row: Row) -> str:
    return f"{row.filename} ({'uppercase' if row.is_uppercase else 'lowercase'} {row.label})"
