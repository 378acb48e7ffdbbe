"""Pictures whose glyphs are kept pixel by pixel: `python -m tests.features.picture.golden` writes them anew.

A model works with the normalisation that it was trained with: who writes these anew trains all models anew.
Everything is made of NumPy's arithmetic, so that no other version of Pillow draws it otherwise.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from src.features.picture.frame import SIDE
from src.features.picture.grey import Grey
from src.features.picture.normalize import Glyph, normalize

KEPT = Path(__file__).with_name("golden.png")
"""One glyph beside the other, in the order of `pictures`."""

Line = Sequence[tuple[float, float]]
_LETTER: Sequence[Line] = ([(0.3, 0.2), (0.3, 0.8), (0.7, 0.8)], [(0.3, 0.5), (0.65, 0.25)])


def draw_lines(side: int, pen: float, lines: Sequence[Line] = _LETTER) -> Grey:
    """Return (side, side) white ink on black: lines through points in shares of the side, by a round pen in px."""
    rows, columns = np.mgrid[:side, :side]
    ink = np.zeros((side, side))
    for line in lines:
        for begin, end in pairwise(line):
            (left, top), (across, down) = np.multiply(begin, side), np.multiply(np.subtract(end, begin), side)
            along = ((columns - left) * across + (rows - top) * down) / max(across**2 + down**2, 1e-9)
            place = np.clip(along, 0, 1)
            distance = np.hypot(columns - left - place * across, rows - top - place * down)
            ink = np.maximum(ink, np.clip(pen / 2 - distance + 0.5, 0, 1))
    return np.asarray(np.round(ink * 255), np.uint8)


def pictures() -> Mapping[str, Grey]:
    """Return the pictures by what is odd about each."""
    usual = draw_lines(100, 8)
    noise = np.random.default_rng(1).integers(0, 256, (40, 60)).astype(np.uint8)
    dotted = draw_lines(200, 16)
    dotted[20:24, 100:104] = dotted[150:153, 40:43] = 255
    specks = draw_lines(200, 16)
    specks[20, 100] = specks[150:152, 180:182] = 255
    two_pens = np.maximum(draw_lines(200, 26, _LETTER[:1]), draw_lines(200, 7, _LETTER[1:]))
    pale = draw_lines(120, 10) // 9 + np.asarray(draw_lines(120, 10, _LETTER[:1]) * 0.6, np.uint8)
    return {
        "usual": 255 - usual,
        "white on grey": usual // 3 + 90,
        "hairline": draw_lines(150, 1.2),
        "hairline, large": draw_lines(700, 2.5),
        "bold": draw_lines(200, 40),
        "small": draw_lines(28, 3),
        "small, binary": np.asarray((draw_lines(28, 3) > 127) * 255, np.uint8),
        "tiny": draw_lines(12, 2),
        "large": draw_lines(500, 30),
        "dots": dotted,
        "specks": specks,
        "two pens": two_pens,
        "pale ink": pale,
        "dash": draw_lines(90, 6, [[(0.2, 0.5), (0.8, 0.5)]]),
        "point": draw_lines(60, 5, [[(0.5, 0.5), (0.5, 0.5)]]),
        "pixel": draw_lines(30, 1, [[(0.5, 0.5), (0.5, 0.5)]]),
        "ring at the edge": draw_lines(64, 6, [[(0, 0), (1, 0), (1, 1), (0, 1)], [(0.3, 0.5), (0.7, 0.5)]]),
        "wide": draw_lines(120, 9)[30:70],
        "noise": noise,
        "low contrast": usual // 10,
    }


def glyphs() -> Mapping[str, Glyph]:
    """Return what the pictures become."""
    return {name: normalize(picture) for name, picture in pictures().items()}


def kept() -> Mapping[str, Grey]:
    """Return what they became when the models were trained."""
    with Image.open(KEPT) as sheet:
        images = np.hsplit(np.asarray(sheet, np.uint8), sheet.width // SIDE)
    return dict(zip(pictures(), images, strict=True))


if __name__ == "__main__":
    Image.fromarray(np.hstack([glyph.image for glyph in glyphs().values()])).save(KEPT)
