from pathlib import Path

import optuna
from optuna.trial import TrialState

from src.models.search.confirm import Candidate
from src.models.search.study_figures import write_study_figures
from src.models.search.study_report import best_values, confirmed_table, progress
from tests.metrics_document import shown
from tests.models.study_factory import journal_study

DISTRIBUTIONS: dict[str, optuna.distributions.BaseDistribution] = {
    "finetune.learning_rate": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True),
    "network.dropout": optuna.distributions.FloatDistribution(0, 1),
}


def study_with(folder: Path, complete: int, pruned: int = 0) -> optuna.Study:
    study = journal_study(folder)
    for number in range(complete + pruned):
        params = {"finetune.learning_rate": 0.001 * (number + 1), "network.dropout": 0.1 * (number % 4)}
        state = TrialState.COMPLETE if number < complete else TrialState.PRUNED
        value = 0.5 + number / 100 if number < complete else None
        study.add_trial(optuna.create_trial(state=state, params=params, distributions=DISTRIBUTIONS, value=value))
    return study


def test_the_best_values_stand_beside_those_of_today(tmp_path: Path) -> None:
    study = study_with(tmp_path, 3, 2)
    assert progress(study) == "study finetune-test: 3 complete, 2 pruned; best score 0.5200 (trial 2)"
    text = shown(best_values(study, {"finetune.learning_rate": 0.002, "network.dropout": 0.2}))
    row = next(line for line in text.splitlines() if "learning_rate" in line)
    assert row.split() == ["finetune.learning_rate", "0.002", "0.003"]


def test_a_study_that_has_finished_nothing_says_so(tmp_path: Path) -> None:
    study = study_with(tmp_path, 0)
    assert progress(study) == "study finetune-test: 0 complete, 0 pruned"
    text = shown(best_values(study, {"network.dropout": 0.2}))
    assert next(line for line in text.splitlines() if "dropout" in line).split()[-1] == "–"


def test_confirmed_values_are_shown_with_each_seed_and_their_mean() -> None:
    text = shown(confirmed_table([Candidate(7, {}, [0.5, 0.7]), Candidate(None, {}, [0.4, 0.4])]))
    rows = [line.split() for line in text.splitlines() if "trial 7" in line or "params.yaml" in line]
    assert rows == [["trial", "7", "0.5000", "0.7000", "0.6000"], ["params.yaml", "0.4000", "0.4000", "0.4000"]]


def test_a_study_is_drawn_in_four_figures_and_one_of_a_single_trial_in_none(tmp_path: Path) -> None:
    assert write_study_figures(study_with(tmp_path, 1), tmp_path / "figures") == []
    written = write_study_figures(study_with(tmp_path, 8, 2), tmp_path / "figures")
    assert [path.stem for path in written] == ["history", "importance", "slice", "parallel_coordinate"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
