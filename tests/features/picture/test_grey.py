"""That a picture of any mode gives the glyph of the grey picture it shows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from src.features.picture.grey import to_grey
from src.features.picture.normalize import normalize
from tests.features.pictures import Grey, as_deep, assert_whole, draw, likeness, noises

MODES = ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"]
DEEP_MODES = ["I;16", "I;16L", "I;16B", "I", "F"]


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


def test_to_grey_keeps_eight_bits_as_they_are() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for mode in ("L", "RGB", "RGBA", "I", "F", "I;16"):
        assert np.array_equal(to_grey(Image.fromarray(ramp).convert(mode)), ramp), mode


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_white_is_that_of_the_least_bits_that_no_pixel_is_above(bits: int, mode: str) -> None:
    grey = draw("З", side=120)
    values = np.round(np.asarray(grey) / 255 * (2**bits - 1))
    deep = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    read = to_grey(Image.fromarray(values.astype(deep)))
    assert np.abs(read.astype(int) - np.asarray(grey)).max() <= 1


def test_white_is_not_below_what_the_file_says() -> None:
    dark = Image.fromarray(np.array([[0, 800]], np.uint16))
    assert [to_grey(dark, said).max() for said in (0, 1023, 4095, 65535)] == [199, 199, 49, 3]


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I"])
def test_a_dark_picture_that_was_widened_to_sixteen_bits_stays_dark(mode: str) -> None:
    dark = draw("З", side=120).point(lambda value: value // 20)
    assert np.array_equal(to_grey(as_deep(dark, mode)), np.asarray(dark))


def test_floats_that_overshoot_their_white_or_have_none_are_read_by_the_others() -> None:
    grey = draw("З", side=120)
    values = np.asarray(grey, np.float32) / 255 * 1.05 - 0.02
    values[0, 0], values[0, 1], values[0, 2] = np.inf, -np.inf, 1.2
    read = to_grey(Image.fromarray(values))
    assert np.abs(read[1:].astype(int) - np.asarray(grey)[1:]).max() <= 10


def test_a_picture_that_takes_many_strips_is_read_as_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = draw("Х", side=120)
    pictures = [as_deep(grey, mode) for mode in DEEP_MODES] + [grey.convert(mode) for mode in ("LA", "PA", "RGBA")]
    whole = [to_grey(picture) for picture in pictures]
    monkeypatch.setattr("src.features.picture.grey._STRIP_PIXELS", 1000)
    assert all(np.array_equal(to_grey(picture), read) for picture, read in zip(pictures, whole, strict=True))
