"""Drawn pictures of letters and pictures of noise, and what tests ask of their glyphs."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from src.features.picture.frame import SIDE
from src.features.picture.normalize import Glyph

Grey = NDArray[np.uint8]
Stroke = list[tuple[float, float]]

RING = [(0.5 + 0.25 * np.cos(angle), 0.5 + 0.3 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 40)]
SHAPES: dict[str, list[Stroke]] = {
    "З": [[(0.3, 0.25), (0.5, 0.2), (0.7, 0.3), (0.45, 0.5), (0.7, 0.7), (0.5, 0.8), (0.3, 0.72)]],
    "П": [[(0.3, 0.8), (0.3, 0.25), (0.7, 0.25), (0.7, 0.8)]],
    "О": [RING],
    "1": [[(0.5, 0.2), (0.5, 0.8)]],
    "Х": [[(0.25, 0.2), (0.75, 0.8)], [(0.75, 0.2), (0.25, 0.8)]],
    "ї": [[(0.5, 0.4), (0.5, 0.8)], [(0.38, 0.25), (0.4, 0.25)], [(0.6, 0.25), (0.62, 0.25)]],
    "-": [[(0.2, 0.5), (0.8, 0.5)]],
}


def draw(shape: str, side: int = 200, pen: float = 10, shift: tuple[float, float] = (0, 0)) -> Image.Image:
    """Draw a shape with a round black pen on a white square, smoothly."""
    fine = max(1, min(4, 1600 // side))
    picture = Image.new("L", (side * fine, side * fine), 255)
    canvas = ImageDraw.Draw(picture)
    radius = pen * fine / 2
    for stroke in SHAPES[shape]:
        points = [((x + shift[0]) * side * fine, (y + shift[1]) * side * fine) for x, y in stroke]
        canvas.line(points, fill=0, width=max(1, round(2 * radius)), joint="curve")
        for x, y in points:
            canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return picture.resize((side, side), Image.Resampling.BOX)


def likeness(one: Glyph, other: Glyph) -> float:
    """Return the cosine between two images: 1 for the same, 0 where they share no ink."""
    a, b = one.image.ravel().astype(float), other.image.ravel().astype(float)
    return float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-9))


def assert_whole(glyph: Glyph) -> None:
    assert glyph.image.shape == (SIDE, SIDE)
    assert glyph.image.dtype == np.uint8
    if glyph.relative_height is None:
        assert not glyph.image.any()
        assert glyph.height_by_pen is None
    else:
        assert 0 < glyph.relative_height <= 1
        assert glyph.image.max() > 127
    if glyph.height_by_pen is not None:
        assert 0 < glyph.height_by_pen <= 1


def as_deep(picture: Image.Image, mode: str) -> Image.Image:
    """Return a grey picture with white at 65535 (whole numbers) or 1 (fractions)."""
    grey = np.asarray(picture)
    if mode == "F":
        return Image.fromarray((grey / 255).astype(np.float32))
    if mode == "I":
        return Image.fromarray(grey.astype(np.int32) * 257)
    byte_order = ">u2" if mode == "I;16B" else "<u2"
    return Image.frombytes(mode, picture.size, (grey.astype(np.uint16) * 257).astype(byte_order).tobytes())


@st.composite
def noises(generator: st.DrawFn, longest: int = 400) -> Grey:
    """Pictures of any size: noise, blocks, gradients and lone specks of any contrast."""
    height, width = generator(st.integers(1, longest)), generator(st.integers(1, longest))
    random = np.random.default_rng(generator(st.integers(0, 2**32)))
    kind = generator(st.sampled_from(["noise", "sparse", "blocks", "gradient", "specks", "binary"]))
    if kind == "noise":
        return random.integers(0, 256, (height, width), dtype=np.uint8)
    if kind == "binary":
        return random.integers(0, 2, (height, width), dtype=np.uint8) * np.uint8(255)
    if kind == "sparse":
        return ((random.random((height, width)) < 0.01) * 255).astype(np.uint8)
    if kind == "gradient":
        return np.broadcast_to(np.linspace(0, 255, width), (height, width)).astype(np.uint8)
    picture = np.full((height, width), generator(st.integers(0, 255)), np.uint8)
    for _ in range(generator(st.integers(1, 4))):
        top, left = random.integers(0, height), random.integers(0, width)
        reach = 1 if kind == "specks" else longest
        rows, columns = 1 + random.integers(0, reach), 1 + random.integers(0, reach)
        picture[top : top + rows, left : left + columns] = random.integers(0, 256)
    return picture
