"""What was measured on another revision says so on its page."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from src.commands.cli import main
from src.results.pages import COMMITTED, RESULTS, render_pages
from src.results.published import PUBLISHED_REVISION, lock_revision
from src.workspace.measurements import on_disk, revision_of

ROOT = Path(__file__).parents[2]
OLDER = "Measured on an older revision"
SPEED, READING = RESULTS / "speed.md", RESULTS / "reading.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the pages and of what they are of, none of it noted as of this revision."""
    for name in ("README.md", "params.yaml", "dvc.yaml", "dvc.lock", "pipelines/emnist/params.yaml",
                 "pipelines/emnist/dvc.lock"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / RESULTS, tmp_path / RESULTS)
    (tmp_path / RESULTS / PUBLISHED_REVISION).unlink(missing_ok=True)
    return tmp_path


def note(root: Path, name: str) -> None:
    path = root / RESULTS / name
    document = json.loads(path.read_bytes()) | {"revision": revision_of(name, on_disk(root))}
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_measured_file_without_a_revision_is_marked_and_one_of_this_revision_is_not(root: Path) -> None:
    path = root / RESULTS / "serving.json"
    document = json.loads(path.read_bytes())
    document.pop("revision", None)
    path.write_text(json.dumps(document), encoding="utf-8")
    assert f"{OLDER}. `python -m benchmarks.serving`" in render_pages(root)[SPEED]
    note(root, "serving.json")
    note(root, "predict_files.json")
    assert OLDER not in render_pages(root)[SPEED]


def test_figures_of_another_run_than_dvc_lock_has_are_marked(root: Path) -> None:
    (root / RESULTS / COMMITTED).write_bytes((root / RESULTS / COMMITTED).read_bytes() + b" ")
    pages = render_pages(root)
    for page in (Path("README.md"), READING):
        assert f"{OLDER}. `make repro`" in pages[page]


def test_the_published_split_is_marked_until_its_experiment_is_of_this_code_and_these_params(root: Path) -> None:
    assert "Published split: measured on an older revision" in render_pages(root)[READING]
    revision = lock_revision((root / "dvc.lock").read_text(encoding="utf-8"))
    (root / RESULTS / PUBLISHED_REVISION).write_text(json.dumps(revision), encoding="utf-8")
    assert "Published split: measured" not in render_pages(root)[READING]


def test_a_page_that_shows_a_stale_figure_as_current_fails_the_check_until_it_is_marked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    call = CliRunner().invoke
    assert call(main, ["readme", "--mark"]).exit_code == 0
    assert call(main, ["readme", "--check"]).exit_code == 0
    note(root, "serving.json")  # as after a measurement
    assert call(main, ["readme", "--mark"]).exit_code == 0
    document = json.loads((root / RESULTS / "serving.json").read_bytes())
    document["revision"]["code"] = "of other code"
    (root / RESULTS / "serving.json").write_text(json.dumps(document), encoding="utf-8")
    refused = call(main, ["readme", "--check"])
    assert refused.exit_code == 1
    assert "docs/results/speed.md" in refused.stderr
    assert "make readme ARGS=--mark" in refused.stderr
