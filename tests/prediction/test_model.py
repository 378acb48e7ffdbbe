"""What a user may rely on: the released model reads, and what is no model of ours is refused in one line."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from src.common.errors import InputError
from src.features.labels import LABELS, UKRAINIAN, Alphabet
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize
from src.prediction.interface import Interface
from src.prediction.model import glyph_arrays, read_model
from src.prediction.model_file import RELEASED
from src.prediction.trial import OUTPUTS, Floats, find_fault
from tests.prediction.broken_models import BROKEN, broken, spin
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


@pytest.mark.parametrize("fault", BROKEN)
def test_a_model_that_does_not_work_is_refused_in_one_line_that_says_why(fault: str, tmp_path: Path) -> None:
    content, reason = BROKEN[fault]
    path = tmp_path / "модель.onnx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"модель\.onnx: .*({reason})") as caught:
        read_model(path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_model_that_does_not_end_is_ended() -> None:
    content = broken(lambda model: spin(model, 2**62))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    released = read_model(RELEASED)

    def run(images: Grey, heights: Floats, options: onnxruntime.RunOptions | None) -> list[Floats]:
        answers: list[Floats] = session.run(OUTPUTS, {"image": images, "relative_height": heights}, options)
        return answers

    fault = find_fault(run, Interface(released.alphabet, released.side, released.calibration), seconds=0.3)
    assert fault is not None
    assert fault.startswith("too slow")


@pytest.mark.parametrize("path", sorted(RELEASED.parent.glob("*.onnx")), ids=lambda path: path.name)
def test_what_is_released_in_int8_works(path: Path) -> None:
    assert read_model(path).seconds_for_one() < 1


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.onnx: no such file"):
        read_model(tmp_path / "nowhere.onnx")
