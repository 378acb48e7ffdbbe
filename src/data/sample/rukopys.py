"""Letters in rukopys' own format: glyphs.csv and 200x200 PNG."""

import csv
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from src.common.files import replace_file
from src.data.corpora.png import encode_png
from src.data.writer.draw import draw_glyph
from src.features.labels import LETTERS

_HEADER = "label,transliter_kmu2010,name,is_uppercase,type,is_alternate,top,bottom,left,right,height,width,filename"
_NAMES_IN_ORDER = "a b v h g d e ye zh z y i yi j k l m n o p r s t u f kh ts ch sh shch soft_sign yu ya"
_NAMES = dict(zip(LETTERS, _NAMES_IN_ORDER.split(), strict=True))
_TRANSLITERATIONS = _NAMES | {"й": "y", "ь": "'"}
_INK_BELOW = 128


def write_letters(folder: Path, per_class: int, seed: int) -> None:
    """Write `glyphs.csv` and `glyphs/<name>-<i>.png`: `per_class` pictures of each of 33 lower- and uppercase letters.

    As upstream, the numbers of a letter's uppercase pictures go on where those of its lowercase end.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed).spawn(3)[2])
    (folder / "glyphs").mkdir(parents=True, exist_ok=True)
    rows = []
    for is_uppercase in (False, True):
        for letter in LETTERS:
            for number in range(per_class):
                filename = f"glyphs/{_NAMES[letter]}-{number + per_class * is_uppercase}.png"
                picture = draw_glyph(letter, is_uppercase, generator)
                (folder / filename).write_bytes(encode_png(np.repeat(picture[..., None], 3, axis=2)))
                rows.append(_row(letter, is_uppercase, picture, filename))
    with replace_file(folder / "glyphs.csv") as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _HEADER.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _row(letter: str, is_uppercase: bool, picture: NDArray[np.uint8], filename: str) -> dict[str, object]:
    left, top, width, height = cv2.boundingRect((picture < _INK_BELOW).astype(np.uint8))
    return {
        "label": letter,
        "transliter_kmu2010": _TRANSLITERATIONS[letter],
        "name": _NAMES[letter],
        "is_uppercase": is_uppercase,
        "type": "italic",
        "is_alternate": False,
        # Upstream's names are wrong, and so are ours: top and bottom are columns, left and right are rows, and
        # height and width change places with them.
        "top": left,
        "bottom": left + width - 1,
        "left": top,
        "right": top + height - 1,
        "height": width - 1,
        "width": height - 1,
        "filename": filename,
    }
