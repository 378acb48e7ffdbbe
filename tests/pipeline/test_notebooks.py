"""The tours, run from top to bottom as a reader would, on what the pipeline made of the embedded sample."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest

from src.config.params import load_params
from src.models.search.search_space import current_values, suggest
from src.models.search.study import STORAGE_VARIABLE, open_storage
from tests.pipeline.conftest import Run

Outputs = list[dict[str, Any]]
Execute = Callable[..., Outputs]

EPOCHS = 6
TRIALS = 16


@pytest.fixture
def execute(reproduced: Path, run: Run, tmp_path: Path) -> Execute:
    """Return a function that runs a tour in the clone, with the clone's own code, and returns its outputs in order."""

    def execute_tour(name: str, **variables: str) -> Outputs:
        home = {"PYTHONPATH": str(reproduced), "IPYTHONDIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path)}
        executed = tmp_path / f"{name}.ipynb"
        run("jupyter", "execute", f"notebooks/{name}.ipynb", f"--output={executed}", **home, **variables)
        cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
        return [output for cell in cells for output in cell.get("outputs", [])]

    return execute_tour


@pytest.fixture(scope="module")
def journal(reproduced: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a file with one study of the clone's own knobs, by an objective that trains nothing."""
    params, path = load_params(reproduced / "params.yaml"), tmp_path_factory.mktemp("studies") / "studies.journal"
    space = params.tune.finetune.space

    def objective(trial: optuna.Trial) -> float:
        rate = suggest(trial, space, params)["finetune.learning_rate"]
        for epoch in range(1, EPOCHS + 1):
            trial.report((1 - 0.5**epoch) / (1 + abs(math.log(rate / 0.003))), epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return 1 / (1 + abs(math.log(rate / 0.003)))

    study = optuna.create_study(
        storage=open_storage(str(path)), study_name="finetune-01234567", direction="maximize",
        sampler=optuna.samplers.RandomSampler(seed=1), pruner=optuna.pruners.MedianPruner(5, 2),
    )  # fmt: skip
    study.enqueue_trial(current_values(space, params))
    study.optimize(objective, TRIALS)
    states = {trial.state for trial in study.trials}
    assert states == {optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED}
    return str(path)


def texts(outputs: Outputs) -> str:
    """Return what was said and shown as text; errors of the stream stderr too."""
    shown = ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs]
    return "\n".join([*shown, *("".join(output.get("text", "")) for output in outputs)])


@pytest.mark.parametrize(("tour", "pictures"), [("data_tour", 8), ("results_tour", 9), ("study_tour", 4)])
def test_a_tour_runs_from_top_to_bottom_without_a_warning(
    execute: Execute, journal: str, tour: str, pictures: int
) -> None:
    outputs = execute(tour, **{STORAGE_VARIABLE: journal})
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= pictures
    assert "Warning:" not in texts(outputs)
    if tour == "data_tour":
        assert "sample_rukopys" in texts(outputs)
    if tour == "study_tour":
        assert "finetune-01234567" in texts(outputs)


def test_the_study_tour_says_what_to_do_where_there_is_no_study(reproduced: Path, run: Run, tmp_path: Path) -> None:
    home = {"PYTHONPATH": str(reproduced), "IPYTHONDIR": str(tmp_path), STORAGE_VARIABLE: str(tmp_path / "none")}
    done = run("jupyter", "execute", "notebooks/study_tour.ipynb", check=False, **home)
    assert done.returncode
    assert "no study yet: run `make tune`" in done.stderr
