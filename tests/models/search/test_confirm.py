from pathlib import Path

import optuna
import pytest

from src.models.search.confirm import Values, candidates, confirm, keep, kept, rounded
from tests.models.study_factory import journal_study


def score(values: Values, seed: int) -> float:
    return values["x"] + seed


def study_of(folder: Path, *scores: float) -> optuna.Study:
    study = journal_study(folder)
    distributions: dict[str, optuna.distributions.BaseDistribution] = {
        "x": optuna.distributions.FloatDistribution(0, 1)
    }
    for value in scores:
        study.add_trial(optuna.create_trial(params={"x": value}, distributions=distributions, value=value))
    return study


def test_the_values_of_today_compete_with_the_best_trials(tmp_path: Path) -> None:
    rivals = candidates(study_of(tmp_path, 0.1, 0.51236, 0.3, 0.4), {"x": 0.2}, 2)
    assert [(rival.trial, rival.values) for rival in rivals] == [
        (None, {"x": 0.2}), (1, {"x": 0.512}), (3, {"x": 0.4}),
    ]  # fmt: skip


def test_the_best_mean_over_the_seeds_wins_however_many_processes_work(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.1, 0.5)
    rivals = candidates(study, {"x": 0.2}, 2)
    scored = confirm(study, rivals, [10, 20], score, workers=1)
    assert [(one.trial, one.scores) for one in scored] == [(1, [10.5, 20.5]), (None, [10.2, 20.2]), (0, [10.1, 20.1])]
    other = journal_study(tmp_path, "finetune-other")
    assert confirm(other, rivals, [10, 20], score, workers=2) == scored


def test_what_was_scored_before_a_kill_is_not_trained_again(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.1, 0.5)
    rivals, asked = candidates(study, {"x": 0.2}, 2), []

    def killed_at_the_third(values: Values, seed: int) -> float:
        asked.append((values["x"], seed))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return score(values, seed)

    with pytest.raises(KeyboardInterrupt):
        confirm(study, rivals, [10, 20], killed_at_the_third, workers=1)
    scored = confirm(study, rivals, [10, 20], killed_at_the_third, workers=1)
    assert asked == [(0.2, 10), (0.2, 20), (0.5, 10), (0.5, 10), (0.5, 20), (0.1, 10), (0.1, 20)]
    assert scored[0].scores == [10.5, 20.5]


def test_of_equals_the_values_of_today_stay(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.2)
    assert confirm(study, candidates(study, {"x": 0.2}, 1), [1], score, workers=1)[0].trial is None


def test_the_outcome_is_kept_in_the_study(tmp_path: Path) -> None:
    study = study_of(tmp_path, 0.1)
    assert kept(study) == []
    scored = confirm(study, candidates(study, {"x": 0.2}, 1), [1, 2], score, workers=1)
    keep(study, scored)
    assert kept(journal_study(tmp_path)) == scored


def test_values_are_rounded_as_people_would_write_them() -> None:
    assert rounded({"a": 0.0123456, "b": 12345, "c": 17.98765}) == {"a": 0.0123, "b": 12345, "c": 18.0}
