"""A changed letterform draws the sample anew, and fetches nothing again; asked of DVC itself."""

from pathlib import Path

import pytest

from src.config.apply_params import replace_values
from tests.pipeline.conftest import copy_tree, run_in

LETTERFORM = "src/data/writer/paths/lowercase.py"
NEVER = "http://127.0.0.1:9"
"""A mirror that does not answer; upstream does not, either."""


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """A clone on upstream's data, of which one corpus is said to be fetched."""
    target = tmp_path / "a clone"
    target.mkdir()
    copy_tree(target)
    params = target / "params.yaml"
    params.write_text(replace_values(params.read_text("utf-8"), {"data.source": "upstream"}), encoding="utf-8")
    run_in(target, "dvc", "repro", "draw_sample")
    (target / "data/raw/mnist").mkdir(parents=True)
    (target / "data/raw/mnist/digits").write_text("a megabyte of them", encoding="utf-8")
    run_in(target, "dvc", "commit", "--force", "fetch@mnist")
    return target


def test_a_changed_letterform_downloads_nothing(fetched: Path) -> None:
    letterform = fetched / LETTERFORM
    letterform.write_text(letterform.read_text("utf-8") + "# another stroke\n", encoding="utf-8")
    said = run_in(fetched, "dvc", "repro", "fetch@mnist", RAW_MIRROR=NEVER).stdout
    assert "Running stage 'draw_sample'" in said
    assert "Stage 'fetch@mnist' didn't change, skipping" in said
    assert (fetched / "data/raw/mnist/digits").is_file()
