import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from src.commands.cli import main
from src.common.errors import InputError
from src.results.run import NAMES, SAMPLE_NOTE, parse_metrics, results_table
from tests.metrics_document import document, metrics, shown


def test_each_figure_is_shown_with_its_interval_and_rows() -> None:
    title, _, *lines = [" ".join(line.split()) for line in shown(results_table(metrics())).strip().splitlines()]
    assert title == "Results on the test rows, stratified split"
    assert all(any(line.startswith(name) for line in lines) for name in NAMES.values())
    assert "label, letters 94.0 % 90.7 – 96.2 282 of 300" in lines
    assert "label, calibration (ECE) 0.031 0.020 – 0.046 300" in lines


def test_only_a_table_of_the_sample_says_sample() -> None:
    assert SAMPLE_NOTE in shown(results_table(metrics("sample")))
    assert "sample" not in shown(results_table(metrics())).lower()


def test_a_figure_without_rows_is_a_dash_and_not_a_zero() -> None:
    empty = {**document(), "case_paired": {"value": None, "low": 0.0, "high": 1.0, "right": 0, "n": 0}}
    line = next(x for x in shown(results_table(parse_metrics(json.dumps(empty), "m"))).splitlines() if "two cases" in x)
    assert line.split()[-5:] == ["–", "–", "0", "of", "0"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not valid JSON"),
        ("[]", "valid dictionary"),
        ("{}", "corpus"),
        (json.dumps({**document(), "label": 0.94}), "label|dictionary"),
        (json.dumps({key: value for key, value in document().items() if key != "joint"}), "joint: missing"),
        (json.dumps(document("both")), "corpus"),
    ],
)
def test_metrics_of_a_wrong_form_are_refused_by_file_and_key(text: str, told: str) -> None:
    with pytest.raises(InputError, match=rf"^reports/m\.json: .*({told}).*make repro"):
        parse_metrics(text, "reports/m.json")


def test_without_a_run_the_command_says_what_to_do_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["results"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert "make repro" in result.stderr
