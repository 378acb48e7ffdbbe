"""A figure is current only where it was measured with the code, params and inputs of today."""

import json
from pathlib import Path
from typing import Any

import pytest

from src.common.files import write_json
from src.workspace import measurements
from src.workspace.imported_code import CODE
from src.workspace.measurements import measured_files, on_disk, revision_of, staleness

NAME = "crossval.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose pipeline has run."""
    change(tmp_path, rate=0.1, md5="a")
    return tmp_path


def change(root: Path, *, rate: float, md5: str) -> None:
    params: dict[str, Any] = {
        "crossval": {"folds": 5}, "finetune": {"learning_rate": rate}, "network": {}, "split": {"val_size": 0.1},
        "pretrain": {"corpora": ["mnist"], "seed": 1, "val_size": 0.1, "epochs": 3},
    }  # fmt: skip
    outs = [{"path": "data/processed/merged.parquet", "md5": md5}, {"path": "models/other", "md5": "b"}]
    write_json(root / "params.yaml", params)
    write_json(root / "dvc.lock", {"stages": {"merge": {"outs": outs}, "fetch": {}}})


def test_a_figure_is_current_until_a_param_or_an_input_changes(root: Path) -> None:
    measured = {"label": 1, "revision": json.loads(json.dumps(revision_of(NAME, on_disk(root))))}
    assert staleness(NAME, measured, on_disk(root)) is None
    change(root, rate=0.2, md5="a")
    assert "with other params. `make crossval`" in (staleness(NAME, measured, on_disk(root)) or "")
    change(root, rate=0.2, md5="c")
    assert "with other params and inputs." in (staleness(NAME, measured, on_disk(root)) or "")
    change(root, rate=0.1, md5="a")
    assert staleness(NAME, measured, on_disk(root)) is None


def test_a_param_or_an_output_that_was_not_read_makes_nothing_stale(root: Path) -> None:
    before = revision_of(NAME, on_disk(root))
    for name in ("params.yaml", "dvc.lock"):
        text = (root / name).read_text(encoding="utf-8")
        changed = text.replace('"epochs": 3', '"epochs": 4').replace('"md5": "b"', '"md5": "d"')
        assert changed != text
        (root / name).write_text(changed, encoding="utf-8")
    assert revision_of(NAME, on_disk(root)) == before


def test_other_code_makes_a_figure_stale(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {"revision": revision_of(NAME, on_disk(root))}
    monkeypatch.setattr(measurements, "_code", lambda _: "other")
    assert "with other code." in (staleness(NAME, measured, on_disk(root)) or "")


@pytest.mark.parametrize("measured", [{}, {"revision": None}, {"revision": "abc"}])
def test_what_does_not_say_its_revision_is_of_an_older_one(root: Path, measured: dict[str, Any]) -> None:
    assert (
        staleness(NAME, measured, on_disk(root)) == "*Measured on an older revision. `make crossval` measures it anew.*"
    )


def test_before_the_pipeline_has_run_there_is_a_revision_too(root: Path) -> None:
    (root / "dvc.lock").unlink()
    assert set(revision_of(NAME, on_disk(root))) == {"code", "params", "inputs"}


def test_each_script_and_param_of_a_measurement_is_there() -> None:
    for name, measurement in measured_files().items():
        assert [script for script in measurement.scripts if not (CODE / script).is_file()] == []
        revision_of(name, on_disk(CODE))
