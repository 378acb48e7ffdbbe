from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from src.models.reports import error_sheet
from src.models.reports.error_sheet import Mistake, draw_error_sheet


def _mistake(number: int, **other: object) -> Mistake:
    image = np.random.default_rng(number).integers(0, 256, (28, 28), np.uint8)
    fields: dict[str, object] = {
        "image": image, "truth": "З", "answer": "3", "label": "з", "label_wrong": number % 3 > 0,
        "top": [("3", 0.6), ("в", 0.3), ("е", 0.05)], "truth_rank": 4, "truth_probability": 0.02,
        "uppercase_probability": 0.9, "relative_height": 0.5, "name": f"glyphs/{'long' * 9}-{number}.png",
    }  # fmt: skip
    return Mistake(**{**fields, **other})  # type: ignore[arg-type]


def _png(sheet: Image.Image) -> bytes:
    stream = BytesIO()
    sheet.save(stream, format="PNG")
    return stream.getvalue()


@pytest.mark.parametrize("count", [0, 1, 4, 5, 37])
def test_the_sheet_grows_with_the_mistakes_and_is_the_same_each_time(count: int) -> None:
    mistakes = [_mistake(number) for number in range(count)]
    sheet = draw_error_sheet(mistakes, f"Wrong answers: {count}", "so many rows")
    assert sheet.mode == "RGB"
    assert _png(sheet) == _png(draw_error_sheet(mistakes, f"Wrong answers: {count}", "so many rows"))
    wrong = sum(mistake.label_wrong for mistake in mistakes)
    rows = -(-wrong // 4) + -(-(count - wrong) // 4)
    empty = draw_error_sheet([], "", "")
    assert sheet.width == empty.width
    assert sheet.height == empty.height + rows * (error_sheet._HEIGHT + error_sheet._GAP)


def test_a_digit_without_height_and_a_mistake_of_case_can_be_drawn() -> None:
    digit = _mistake(1, truth="0", answer="О", label="0", uppercase_probability=None, relative_height=None)
    case = _mistake(
        2, truth="Ґ", answer="ґ", label="ґ", label_wrong=False, truth_rank=1, top=[("ґ", 1.0), ("г", 0), ("е", 0)]
    )
    assert _png(draw_error_sheet([digit, case], "", "")) != _png(draw_error_sheet([digit], "", ""))


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_sheet, "MOST", 2)
    three, two = ([_mistake(number) for number in range(count)] for count in (3, 2))
    cut, whole = draw_error_sheet(three, "", "rows"), draw_error_sheet(two, "", "rows")
    assert cut.size == whole.size
    assert _png(cut) != _png(whole)


def test_no_probability_is_said_to_be_nothing_or_certain() -> None:
    said = [error_sheet._percent(share) for share in (0.0, 0.004, 0.006, 0.5, 0.994, 0.996, 1.0)]
    assert said == ["<1 %", "<1 %", "1 %", "50 %", "99 %", ">99 %", ">99 %"]


def test_a_long_name_keeps_its_end_and_fits() -> None:
    kept = error_sheet._shorten("glyphs/" + "ж" * 60 + "-17.png", 112)
    assert kept.startswith("…")
    assert kept.endswith("-17.png")
    assert error_sheet._font(12).getlength(kept) <= 112


def test_a_long_note_fits_the_sheet() -> None:
    from src.models.evaluation.report import SAMPLE_NOTE  # noqa: PLC0415

    assert error_sheet._font(14).getlength(SAMPLE_NOTE) < draw_error_sheet([], "", "").width - 2 * error_sheet._MARGIN
