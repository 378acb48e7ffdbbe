"""What a user may rely on: the released model reads, and what is no model of ours is refused in one line."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from src.errors import InputError
from src.features.labels import LABELS, UKRAINIAN, Alphabet
from src.features.normalize import normalize
from src.models import export
from src.prediction import model
from src.prediction.model import glyph_arrays, read_model
from src.prediction.model_file import RELEASED
from tests.prediction.drawings import drawn

GLYPHS = [normalize(drawn(label, is_uppercase=seed % 2 == 1, seed=seed)) for seed, label in enumerate(LABELS[10:])]


def test_the_released_model_gives_one_row_a_picture_whatever_is_beside_it() -> None:
    released = read_model(RELEASED)
    images, heights = glyph_arrays(GLYPHS, UKRAINIAN, height_known=True)
    together = released.outputs(images, heights)
    assert together.label.shape == (len(GLYPHS), len(LABELS))
    for n in range(len(GLYPHS)):
        alone = released.outputs(images[n : n + 1], heights[n : n + 1])
        for one, all_of_them in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], all_of_them[n], atol=1e-4)


def test_heights_are_hidden_where_they_mean_nothing() -> None:
    assert np.isnan(glyph_arrays(GLYPHS, UKRAINIAN, height_known=False)[1]).all()
    assert not np.isnan(glyph_arrays(GLYPHS, UKRAINIAN, height_known=True)[1]).any()


@pytest.mark.parametrize("height_known", [True, False])
def test_labels_that_tell_the_case_are_read_by_what_the_pen_tells_of_the_height(height_known: bool) -> None:
    glyphs = [glyph._replace(height_by_pen=told) for glyph, told in zip(GLYPHS[:2], (0.25, None), strict=True)]
    _, heights = glyph_arrays(glyphs, Alphabet("01ABab", case_head=False), height_known=height_known)
    np.testing.assert_array_equal(heights, np.array([0.25, np.nan], np.float32))


def test_the_reader_and_the_exporter_agree_on_the_version() -> None:
    assert model.VERSION == export.VERSION


@pytest.mark.parametrize(("key", "value"), [("version", "0"), ("labels", "abc"), ("calibration", "{}")])
def test_a_model_of_another_version_or_alphabet_is_refused(tmp_path: Path, key: str, value: str) -> None:
    other = onnx.load(RELEASED)
    described = {each.key: each.value for each in other.metadata_props} | {key: value}
    onnx.helper.set_model_props(other, described)
    path = tmp_path / "other.onnx"
    onnx.save(other, path)
    with pytest.raises(InputError, match=r"other\.onnx"):
        read_model(path)


@pytest.mark.parametrize("content", [b"", b"not a model", RELEASED.read_bytes()[:1000]])
def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"model\.onnx") as caught:
        read_model(path)
    assert "\n" not in str(caught.value)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.onnx: no such file"):
        read_model(tmp_path / "nowhere.onnx")
