import os
import subprocess
from pathlib import Path

import pytest

from src.tracking.description import LONGEST, describe_origin, describe_result, figures_list
from src.tracking.run_origin import RunOrigin, find_origin

ORIGIN = RunOrigin(
    stage="train", purpose="Learn letters", command="python -m train", folder=".", author="Леся", commit="c0ffee",
    branch="main", dirty=[], experiment=None, baseline=None, changed={}, overrides=[], repro=None, read={}, params={},
    pipeline={"train": {}}, lock={},
)  # fmt: skip


def commands(text: str) -> list[str]:
    return text.split("```")[1].strip().splitlines()


def test_a_run_says_what_it_is_for_and_how_to_get_back_to_its_commit() -> None:
    text = describe_origin(ORIGIN)
    assert text.startswith("Learn letters.\n\n#### The way back")
    assert commands(text) == ["git checkout c0ffee", "dvc repro train"]


def test_an_experiment_is_made_again_from_its_baseline_with_what_it_changes() -> None:
    origin = ORIGIN._replace(
        experiment="slower", baseline="ba5e", changed={"rate": 0.5, "name": "a b"}, overrides=["rate=0.5", "name='a b'"]
    )
    text = describe_origin(origin)
    assert "Experiment **slower**: `rate=0.5`, `name=a b`" in text
    wanted = """dvc exp run -S rate=0.5 -S 'name='"'"'a b'"'"'' train"""
    assert commands(text) == ["git checkout ba5e", wanted]


def test_a_stage_of_another_pipeline_is_run_in_its_folder() -> None:
    assert commands(describe_origin(ORIGIN._replace(folder="pipelines/emnist")))[1:] == [
        "cd pipelines/emnist",
        "dvc repro train",
    ]


def test_a_run_that_is_no_stage_is_made_again_by_its_own_command() -> None:
    origin = ORIGIN._replace(pipeline={}, command="pysar tune finetune")
    assert commands(describe_origin(origin)) == ["git checkout c0ffee", "pysar tune finetune"]


def test_what_is_not_committed_is_warned_of_and_a_run_without_a_commit_says_so() -> None:
    few = describe_origin(ORIGIN._replace(dirty=["a.py", "b.py"]))
    assert "**Not as in that commit**, so that other bytes may come out: `a.py`, `b.py`." in few
    assert "`7.py` and 4 more." in describe_origin(ORIGIN._replace(dirty=[f"{number}.py" for number in range(12)]))
    assert "No commit is known" in describe_origin(ORIGIN._replace(commit=None))


def test_a_result_has_its_figures_its_pictures_and_the_command_that_says_all() -> None:
    text = describe_result(
        ORIGIN,
        figures_list({"loss": 0.123456}),
        {"Errors": "evaluate/errors.png"},
        "abc",
        "Of 7.",
        "pysar provenance 3",
    )
    assert "- `loss`: 0.1235\n\nOf 7." in text
    assert "![Errors](get-artifact?path=evaluate%2Ferrors.png&run_uuid=abc)" in text
    assert commands(text) == ["git checkout c0ffee", "dvc repro train", "pysar provenance 3"]


def test_a_description_never_outgrows_what_a_version_may_have() -> None:
    text = describe_origin(ORIGIN._replace(purpose="long " * 2000))
    assert len(text) == LONGEST
    assert text.endswith("…")


def test_the_commands_lead_back_to_the_commit_and_the_params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("DVC_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@localhost"]
    (tmp_path / "dvc.yaml").write_text("stages: {train: {cmd: x, desc: Learn}}")
    (tmp_path / "params.yaml").write_text("rate: 1")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert commands(describe_origin(find_origin("train")))[0] == f"git checkout {commit}"
