"""Paper around a drawn character, as people hand it in: ruled, squared, graph, shaded, in a cell's box, with dust.

Every maker takes ink, (side, side) float 0..1, and a generator, and returns a picture, (side, side, 3) uint8. Colours
are of pens and exercise books; lines are up to 70 % as dark as the ink.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float64]
Picture = NDArray[np.uint8]
_Field = NDArray[np.floating]

_PENS = np.array([(30, 40, 120), (20, 20, 25), (25, 60, 160), (150, 30, 40), (40, 110, 60), (90, 40, 120),
                  (95, 95, 98), (60, 60, 60), (70, 110, 190), (190, 80, 120)], np.float64)  # fmt: skip
_LINES = np.array([(150, 170, 215), (165, 160, 200), (140, 190, 200), (170, 170, 170), (200, 150, 160)], np.float64)
_DARKEST_LINE = 0.7
_FRAME = 32
_SPECKS, _SPECK = 10, 4 / 500


def on_blank_paper(ink: Ink, generator: np.random.Generator) -> Picture:
    """Draw black ink on white paper."""
    del generator
    return np.asarray(np.repeat(np.round(255 - 255 * ink)[..., None], 3, axis=2), np.uint8)


def on_ruled_paper(ink: Ink, generator: np.random.Generator) -> Picture:
    """Lines as far from each other as the character is high, or nearly twice."""
    spacing = _height(ink) * generator.uniform(0.7, 1.8)

    def lines(side: int) -> _Field:
        return np.asarray(_rows(side, spacing, _width(side, generator), generator)[:, None])

    return _photograph(ink, generator, lines)


def on_squared_paper(ink: Ink, generator: np.random.Generator) -> Picture:
    """Squares of a third of the character's height to nearly all of it."""
    spacing = max(8.0, _height(ink) * generator.uniform(0.35, 0.9))
    return _photograph(ink, generator, lambda side: _grid(side, spacing, _width(side, generator), generator))


def on_graph_paper(ink: Ink, generator: np.random.Generator) -> Picture:
    """Small squares, and every fifth line bold."""
    spacing = max(5.0, _height(ink) * generator.uniform(0.08, 0.2))

    def lines(side: int) -> _Field:
        width, offsets = min(spacing / 4, _width(side, generator)), generator.uniform(0, spacing, 2)
        fine = _grid(side, spacing, width, generator, offsets)
        bold = _grid(side, 5 * spacing, 1.5 * width, generator, offsets)
        return np.asarray(np.maximum(0.7 * fine, bold))

    return _photograph(ink, generator, lines)


def in_shade(ink: Ink, generator: np.random.Generator) -> Picture:
    """Plain paper under uneven light."""
    return _photograph(ink, generator)


def in_shadow(ink: Ink, generator: np.random.Generator) -> Picture:
    """Plain paper across which the edge of a shadow falls."""
    return _photograph(ink, generator, shadow=True)


def in_a_cell(ink: Ink, generator: np.random.Generator) -> Picture:
    """A scanned form: a line on one to four sides, 1 to 4 px thick and 0 to 10 px from the edge."""
    paper, pen = 255 - generator.uniform(0, 12), generator.uniform(0, 70)
    picture = paper + ink * (pen - paper)
    dark, thickness, inset = generator.uniform(0, 120), int(generator.integers(1, 5)), int(generator.integers(0, 11))
    for side in generator.permutation(4)[: generator.integers(1, 5)]:
        np.rot90(picture, side)[inset : inset + thickness] = dark
    return np.repeat(picture.astype(np.uint8)[..., None], 3, axis=2)


def with_dust(ink: Ink, generator: np.random.Generator) -> Picture:
    """Ten specks of 4 px, were the picture 500 px large, and none on the character."""
    picture, side = 255 - ink * (255 - generator.uniform(0, 60)), len(ink)
    speck = max(1, round(_SPECK * side))
    for _ in range(_SPECKS):
        row, column = generator.integers(0, side - speck, 2)
        around = np.s_[max(0, row - 3 * speck) : row + 4 * speck, max(0, column - 3 * speck) : column + 4 * speck]
        if ink[around].max() < 0.1:
            picture[row : row + speck, column : column + speck] = generator.uniform(0, 100)
    return np.repeat(picture.astype(np.uint8)[..., None], 3, axis=2)


PAPERS: Mapping[str, Callable[[Ink, np.random.Generator], Picture]] = MappingProxyType({
    "blank": on_blank_paper, "ruled": on_ruled_paper, "squared": on_squared_paper, "graph": on_graph_paper,
    "shade": in_shade, "shadow": in_shadow, "cell": in_a_cell, "dust": with_dust,
})  # fmt: skip


def _photograph(
    ink: Ink, generator: np.random.Generator, lines: Callable[[int], _Field] | None = None, *, shadow: bool = False
) -> Picture:
    """Take a picture of ink on paper with a telephone: light, grain, blur, noise and JPEG."""
    side = len(ink)
    paper = generator.uniform(205, 250) + generator.uniform(-12, 8, 3)
    pen = _PENS[generator.integers(len(_PENS))] * generator.uniform(0.8, 1.25)
    picture = np.broadcast_to(paper, (side, side, 3))
    if lines is not None:
        colour = _LINES[generator.integers(len(_LINES))]
        dark = generator.uniform(0.3, _DARKEST_LINE) * np.abs(paper - pen).max() / np.abs(paper - colour).max()
        picture = np.clip(picture + _tilted(lines, side, generator)[..., None] * dark * (colour - paper), 0, 255)
    cover = np.clip(ink * generator.uniform(0.75, 1) * generator.normal(1, 0.08, ink.shape), 0, 1)[..., None]
    inked = picture * (1 - cover) + np.minimum(pen, picture) * cover
    lit = inked * _light(side, generator, shadow=shadow)[..., None] + generator.normal(0, 2, (side, side, 3))
    blurred = cv2.GaussianBlur(np.clip(lit, 0, 255), (0, 0), generator.uniform(0.2, 0.8) + side / 600)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(generator.integers(50, 95))]
    _, code = cv2.imencode(".jpg", blurred.astype(np.uint8)[..., ::-1], quality)
    return np.ascontiguousarray(np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _light(side: int, generator: np.random.Generator, *, shadow: bool) -> _Field:
    """Return by how much each pixel is lit: a slope, a vignette, and half of it in shadow."""
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    angle = generator.uniform(0, 2 * np.pi)
    slope = generator.uniform(0, 0.35) * (x * np.cos(angle) + y * np.sin(angle))
    light = 1 + slope - generator.uniform(0, 0.5) * (x * x + y * y)
    if not shadow:
        return np.asarray(light)
    angle, place = generator.uniform(0, 2 * np.pi), generator.uniform(-0.35, 0.35)
    away = (x * np.cos(angle) + y * np.sin(angle) - place) / generator.uniform(0.004, 0.05)
    return np.asarray(light * (1 - generator.uniform(0.25, 0.5) / (1 + np.exp(-np.clip(away, -30, 30)))))


def _tilted(lines: Callable[[int], _Field], side: int, generator: np.random.Generator) -> _Field:
    """Return (side, side) lines turned by up to three degrees."""
    large = side + 2 * _FRAME
    drawn = np.broadcast_to(lines(large), (large, large)).astype(np.float32)
    turn = cv2.getRotationMatrix2D((large / 2, large / 2), generator.uniform(-3, 3), 1)
    turned = cv2.warpAffine(drawn, turn, (large, large), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned[_FRAME:-_FRAME, _FRAME:-_FRAME])


def _grid(
    side: int, spacing: float, width: float, generator: np.random.Generator, offsets: _Field | None = None
) -> _Field:
    across, down = (None, None) if offsets is None else (float(offsets[0]), float(offsets[1]))
    rows, columns = (_rows(side, spacing, width, generator, offset) for offset in (across, down))
    return np.maximum(rows[:, None], columns[None])


def _rows(
    side: int, spacing: float, width: float, generator: np.random.Generator, offset: float | None = None
) -> _Field:
    """Return (side,) how much of each row a line covers, 0..1."""
    start = generator.uniform(0, spacing) if offset is None else offset
    place = (np.arange(side) - start) % spacing
    return np.asarray(np.clip(width / 2 + 0.5 - np.minimum(place, spacing - place), 0, 1))


def _width(side: int, generator: np.random.Generator) -> float:
    return max(0.8, generator.uniform(0.004, 0.012) * side)


def _height(ink: Ink) -> float:
    """Return the longer side of the ink, px."""
    rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.3) for axis in (1, 0))
    return max(float(np.ptp(rows)), float(np.ptp(columns)), 10.0)
