"""What a user may rely on: what is made of a letter has what makes it another, wherever chance has put it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.data.filling.made_letters import make_capital_soft_sign, make_ghe_with_upturn, make_ie, make_yi
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize
from tests.data import crafted_letters as crafted


def _lean(picture: Grey) -> float:
    moments = cv2.moments((picture < 128).astype(np.uint8), binaryImage=True)
    return float(-moments["mu11"] / moments["mu02"])


def _difference(first: Grey, second: Grey) -> float:
    return float(np.abs(first.astype(float) - second).mean())


def _generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _boxes(picture: Grey) -> list[tuple[int, int, int, int]]:
    """Return left, top, right, bottom of the parts of ink as the network sees them, from top to bottom."""
    ink = (normalize(picture).image > 127).astype(np.uint8)
    _, _, statistics, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = [(x, y, x + width, y + height) for x, y, width, height, _ in statistics[1:].tolist()]
    return sorted(boxes, key=lambda box: box[3])


def test_ie_is_a_mirrored_e() -> None:
    made = make_ie(crafted.e(), _generator())
    assert made is not None
    image, original = normalize(made).image, normalize(crafted.e()).image
    assert _difference(image, original[:, ::-1]) < 8
    assert _difference(image, original) > 20


@given(st.floats(-0.3, 0.3))
@settings(max_examples=30, deadline=None)
def test_ie_leans_as_its_e_did(lean: float) -> None:
    made = make_ie(crafted.e(lean), _generator())
    assert made is not None
    assert _lean(made) == pytest.approx(_lean(crafted.e(lean)), abs=0.06)


@pytest.mark.parametrize("lean", [0.0, 0.2, 0.5, 0.7])
def test_ie_opens_to_the_right_and_never_to_the_left(lean: float) -> None:
    made = make_ie(crafted.e(lean), _generator())
    assert made is not None
    upright = cv2.warpAffine(255 - made, np.array([[1, _lean(made), 0], [0, 1, 0.0]]), (300, made.shape[0]))
    rows = [np.nonzero(row > 127)[0] for row in upright if (row > 127).any()]
    middle = rows[len(rows) // 3 - 3 : len(rows) // 3 + 3]
    left, right = (np.median([row[end] for row in middle]) for end in (0, -1))
    width = max(row[-1] for row in rows) - min(row[0] for row in rows)
    assert left - min(row[0] for row in rows) < 0.35 * width
    assert right - left < 0.5 * width


@pytest.mark.parametrize("picture", [crafted.BLANK, crafted.ring()])
def test_no_ie_is_made_of_what_is_blank_or_closed(picture: Grey) -> None:
    assert make_ie(picture, _generator()) is None


@given(st.integers(0, 2**32), st.floats(-0.2, 0.5), st.integers(4, 14), st.booleans())
@settings(max_examples=60, deadline=None)
def test_yi_has_two_dots_apart_above_its_body(seed: int, lean: float, top: int, is_dotted: bool) -> None:
    picture = crafted.i(dots=int(is_dotted), lean=lean, top=max(top, 8) if is_dotted else top)
    made = make_yi(picture, _generator(seed), is_dotted=is_dotted)
    assert made is not None
    boxes = _boxes(made)
    assert len(boxes) == 3
    first, second, body = boxes
    assert max(first[3], second[3]) <= body[1]
    assert max(first[0], second[0]) >= min(first[2], second[2]) + 1
    assert body[3] - body[1] > 2 * (first[3] - first[1])


@pytest.mark.parametrize(("dots", "is_dotted"), [(0, True), (2, True), (1, False)])
def test_an_i_with_another_number_of_dots_than_its_case_has_is_passed_over(dots: int, is_dotted: bool) -> None:
    assert make_yi(crafted.i(dots=dots), _generator(), is_dotted=is_dotted) is None


@given(st.integers(0, 2**32), st.floats(-0.1, 0.4), st.sampled_from([0.7, 1.0]))
@settings(max_examples=60, deadline=None)
def test_ghe_gets_an_upturn_at_the_right_end_of_its_bar_and_nowhere_else(
    seed: int, lean: float, flattest: float
) -> None:
    made = make_ghe_with_upturn(crafted.ghe(lean), _generator(seed), flattest=flattest)
    assert made is not None
    rows, columns = np.nonzero(normalize(made).image > 127)
    above = columns[rows < rows.min() + 3]
    assert above.min() > columns.min() + 0.6 * np.ptp(columns)
    assert np.ptp(above) <= 6
    bar = [np.ptp(columns[rows == row]) for row in range(rows.min() + 2, rows.min() + 12)]
    assert max(bar) > 0.5 * np.ptp(columns)
    assert int(np.argmax(bar)) >= 1


def test_lowercase_ghe_is_at_most_as_tall_as_a_capital() -> None:
    shapes = [make_ghe_with_upturn(crafted.ghe(), _generator(seed), flattest=0.7) for seed in range(20)]
    capitals = [make_ghe_with_upturn(crafted.ghe(), _generator(seed), flattest=1.0) for seed in range(20)]
    heights, capital_heights = ([shape.shape[0] for shape in some if shape is not None] for some in (shapes, capitals))
    assert np.mean(heights) < 0.95 * np.mean(capital_heights)


@pytest.mark.parametrize(
    "picture",
    [crafted.BLANK, crafted.ring(), crafted.i(dots=1), crafted.draw([(8, 4), (8, 24), (20, 24)])],
    ids=["blank", "closed", "in parts", "without a bar"],
)
def test_no_ghe_is_made_of_what_has_no_clear_bar(picture: Grey) -> None:
    assert make_ghe_with_upturn(picture, _generator(), flattest=1.0) is None


def test_a_capital_soft_sign_is_to_the_network_the_small_one() -> None:
    made = make_capital_soft_sign(crafted.soft_sign(), _generator())
    assert made is not None
    assert np.array_equal(normalize(made).image, normalize(crafted.soft_sign()).image)
    assert make_capital_soft_sign(crafted.BLANK, _generator()) is None
