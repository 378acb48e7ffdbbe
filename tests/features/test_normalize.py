"""What the one way into the network keeps of a drawing, and what it must not let through."""

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageOps

from src.features.grey import to_grey
from src.features.normalize import BOX, SIDE, Glyph, normalize

Grey = NDArray[np.uint8]
Stroke = list[tuple[float, float]]

MODES = ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"]
DEEP_MODES = ["I;16", "I;16L", "I;16B", "I", "F"]

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
shapes = st.sampled_from(sorted(SHAPES))


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


def box(image: Grey) -> tuple[int, int, int, int]:
    left, top, width, height = cv2.boundingRect((image > 127).astype(np.uint8))
    return left, top, width, height


def ink(glyph: Glyph) -> float:
    return float(glyph.image.sum()) / 255


def assert_whole(glyph: Glyph) -> None:
    assert glyph.image.shape == (SIDE, SIDE)
    assert glyph.image.dtype == np.uint8
    if glyph.relative_height is None:
        assert not glyph.image.any()
    else:
        assert 0 < glyph.relative_height <= 1
        assert glyph.image.max() > 127


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


@settings(deadline=None, max_examples=400)
@given(grey=noises())
@example(grey=np.array([[0, 200]], np.uint8))
@example(grey=np.array([[0]], np.uint8))
@example(grey=np.zeros((0, 0), np.uint8))
@example(grey=np.zeros((0, 5), np.uint8))
def test_any_grey_picture_gives_a_whole_glyph_or_a_blank_one(grey: Grey) -> None:
    assert_whole(normalize(grey))


@settings(deadline=None, max_examples=150)
@given(grey=noises(longest=60), mode=st.sampled_from(MODES + DEEP_MODES))
def test_a_picture_of_any_mode_gives_a_whole_glyph_or_a_blank_one(grey: Grey, mode: str) -> None:
    picture = Image.fromarray(grey)
    if mode in DEEP_MODES:
        picture = as_deep(picture, mode)
    elif mode in {"La", "RGBa"}:
        picture = picture.convert(mode.upper()).convert(mode)
    else:
        picture = picture.convert("RGB").convert(mode)
    assert picture.mode == mode
    assert_whole(normalize(picture))


@settings(deadline=None, max_examples=50)
@given(
    values=st.lists(st.floats(width=32) | st.sampled_from([np.nan, np.inf, -np.inf]), min_size=36, max_size=36),
)
def test_any_floats_give_a_whole_glyph_or_a_blank_one(values: list[float]) -> None:
    assert_whole(normalize(Image.fromarray(np.array(values, np.float32).reshape(6, 6))))


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_of_a_picture_does_not_change_its_glyph(mode: str) -> None:
    grey = draw("З", side=120).point(lambda value: 255 * (value > 127))
    whole = normalize(grey)
    via = {"La": "LA", "RGBa": "RGBA", "HSV": "RGB", "PA": "LA"}.get(mode, "L")
    glyph = normalize(grey.convert(via).convert(mode))
    assert np.array_equal(glyph.image, whole.image)
    assert glyph.relative_height == whole.relative_height


@pytest.mark.parametrize("mode", DEEP_MODES)
def test_sixteen_bits_and_floats_give_the_glyph_of_eight_bits(mode: str) -> None:
    grey = draw("З", side=120)
    assert likeness(normalize(as_deep(grey, mode)), normalize(grey)) > 0.999


def test_a_lab_picture_is_read_by_its_lightness() -> None:
    grey = draw("З", side=120)
    flat = Image.new("L", grey.size, 128)
    assert np.array_equal(normalize(Image.merge("LAB", (grey, flat, flat))).image, normalize(grey).image)


@pytest.mark.parametrize("colour", [0, 255])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_ink_on_nothing_is_seen_whether_black_or_white(mode: str, colour: int) -> None:
    grey = draw("Х", side=120)
    picture = Image.new("L", grey.size, colour).convert(mode)
    picture.putalpha(ImageChops.invert(grey))
    assert likeness(normalize(picture), normalize(grey)) > 0.99


def test_the_transparent_colour_of_a_palette_or_a_png_is_paper() -> None:
    grey = draw("Х", side=120).point(lambda value: 255 * (value > 127))
    for picture, transparent in ((grey, 255), (grey.convert("RGB"), (255, 255, 255)), (grey.convert("1"), 255)):
        picture.info["transparency"] = transparent
        assert np.array_equal(normalize(picture).image, normalize(grey).image)
    two_colours = Image.frombytes("P", grey.size, np.asarray(grey).tobytes())
    two_colours.putpalette([0, 0, 0] * 255 + [255, 0, 0])
    two_colours.info["transparency"] = bytes([255] * 255 + [0])
    assert np.array_equal(normalize(two_colours).image, normalize(grey).image)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(28, 300), pen=st.floats(0.03, 0.1), paper=st.integers(0, 60))
def test_polarity_and_the_shade_of_paper_do_not_matter(shape: str, side: int, pen: float, paper: int) -> None:
    picture = draw(shape, side, pen * side).point(lambda value: max(0, value - paper))
    assert likeness(normalize(picture), normalize(ImageOps.invert(picture))) > 0.99


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    shape=shapes,
    side=st.integers(60, 400),
    pen=st.floats(0.02, 0.11),
    x=st.floats(-0.1, 0.1),
    y=st.floats(-0.1, 0.1),
)
def test_ink_fills_the_box_and_sits_in_the_middle(shape: str, side: int, pen: float, x: float, y: float) -> None:
    left, top, width, height = box(normalize(draw(shape, side, pen * side, (x, y))).image)
    middle = (SIDE - 1) / 2
    assert abs(max(width, height) - BOX) <= 1
    assert abs(left + (width - 1) / 2 - middle) <= 1
    assert abs(top + (height - 1) / 2 - middle) <= 1


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(60, 500), pen=st.floats(0.015, 0.11))
@example(shape="1", side=80, pen=1 / 80)
@example(shape="1", side=150, pen=1 / 150)
@example(shape="П", side=100, pen=1 / 100)
@example(shape="ї", side=100, pen=1 / 100)
@example(shape="З", side=200, pen=2 / 200)
@example(shape="О", side=800, pen=1 / 800)
@example(shape="Х", side=1600, pen=2 / 1600)
def test_a_hairline_and_a_marker_draw_the_same_glyph(shape: str, side: int, pen: float) -> None:
    usual, other = normalize(draw(shape)), normalize(draw(shape, side, pen * side))
    assert likeness(usual, other) > 0.88
    assert 0.75 < ink(other) / ink(usual) < 1.3


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(80, 250), pen=st.floats(0.04, 0.11))
def test_twice_the_size_is_the_same_glyph(shape: str, side: int, pen: float) -> None:
    small, large = normalize(draw(shape, side, pen * side)), normalize(draw(shape, 2 * side, 2 * pen * side))
    assert likeness(small, large) > 0.94
    assert small.relative_height is not None
    assert large.relative_height == pytest.approx(small.relative_height, abs=2 / side)


@pytest.mark.parametrize("value", [0, 1, 127, 255])
@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16", "F"])
def test_a_blank_picture_gives_no_ink_and_no_height(value: int, mode: str) -> None:
    glyph = normalize(Image.fromarray(np.full((40, 30), value, np.uint8)).convert(mode))
    assert not glyph.image.any()
    assert glyph.relative_height is None


def test_faint_noise_of_a_scanner_is_blank() -> None:
    noise = np.random.default_rng(1).integers(235, 256, (100, 100)).astype(np.uint8)
    assert normalize(noise).relative_height is None
    assert normalize(as_deep(Image.fromarray(noise), "I;16")).relative_height is None


def test_relative_height_is_the_inks_share_of_the_pictures_height() -> None:
    picture = np.full((200, 100), 255, np.uint8)
    picture[30:80, 40:60] = 0
    assert normalize(picture).relative_height == 0.25


def test_different_shapes_stay_different() -> None:
    glyphs = {shape: normalize(draw(shape)) for shape in SHAPES}
    alike = [(a, b) for a in glyphs for b in glyphs if a < b and likeness(glyphs[a], glyphs[b]) > 0.8]
    assert alike == []


def test_the_picture_is_left_as_it_was() -> None:
    picture = np.array(draw("З"))
    before = picture.copy()
    normalize(picture)
    assert np.array_equal(picture, before)


def test_to_grey_keeps_eight_bits_as_they_are() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for mode in ("L", "RGB", "RGBA", "I", "F", "I;16"):
        assert np.array_equal(to_grey(Image.fromarray(ramp).convert(mode)), ramp), mode
