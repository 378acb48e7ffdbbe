import json
from pathlib import Path

import pytest

from src.common.errors import InputError
from src.models.verdict.calibration import parse_calibration, read_calibration, write_calibration
from tests.models.factory import CALIBRATION


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_calibration(CALIBRATION, tmp_path / "calibration.json")
    assert read_calibration(tmp_path / "calibration.json") == CALIBRATION


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"warmth": 1}, "warmth: Extra inputs"),
        ({"label_temperature": 0}, "label_temperature: Input should be greater than 0"),
        ({"case_threshold": 0.4}, "case_threshold: Input should be greater than or equal to 0.5"),
        ({"score_threshold": "high"}, "score_threshold: Input should be a valid number"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused_by_name(change: dict[str, object], named: str) -> None:
    text = json.dumps({**CALIBRATION.model_dump(), **change})
    with pytest.raises(InputError, match=f"pysar.onnx: no calibration \\({named}"):
        parse_calibration(text, "pysar.onnx")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(InputError, match="label_temperature: Field required"):
        parse_calibration("{}", "pysar.onnx")


def test_a_file_that_is_missing_or_garbled_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: no such file"):
        read_calibration(tmp_path / "none.json")
    for content in (b"{", bytes(range(256))):
        (tmp_path / "bad.json").write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.json: no "):
            read_calibration(tmp_path / "bad.json")


def test_a_threshold_that_nobody_chose_is_not_written_down() -> None:
    assert "label_threshold" not in CALIBRATION.described()
    chosen = CALIBRATION.model_copy(update={"label_threshold": 0.5})
    assert chosen.described() == {**CALIBRATION.described(), "label_threshold": 0.5}
    for calibration in (CALIBRATION, chosen):
        assert json.loads(calibration.described_json()) == calibration.described()
        assert parse_calibration(calibration.described_json(), "pysar.onnx") == calibration


def test_what_is_wrong_with_a_calibration_is_told_in_a_line_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"^pysar\.onnx: no calibration \(Invalid JSON: .*\); run `dvc repro` to make it again$"
    ):
        parse_calibration("{", "pysar.onnx")
    path = tmp_path / "calibration.json"
    with pytest.raises(InputError, match=f"^{path}: no such file; run `dvc repro` to make it$"):
        read_calibration(path)
    path.write_bytes(b"\xff")
    with pytest.raises(InputError, match=f"^{path}: no text; delete it and run `dvc repro`$"):
        read_calibration(path)
    path.write_text("{}")
    with pytest.raises(InputError, match=f"^{path}: no calibration \\(label_temperature: Field required\\)"):
        read_calibration(path)
