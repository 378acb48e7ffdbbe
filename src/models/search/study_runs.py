"""A study in MLflow: one parent run, and in it a run for each trial, with its values and its curve but no model."""

import logging
from collections.abc import Callable, Mapping

import optuna

from src.tracking.description import figures_list
from src.tracking.tracking import TrackedRun, track

logger = logging.getLogger(__name__)

PARENT = "mlflow_run_id"
STAGE = "tune"
"""What these runs have as their `dvc.stage`, though DVC does not run them."""

Train = Callable[[Callable[[dict[str, float]], None]], float]


def parent_run(study: optuna.Study, params: Mapping[str, object]) -> str | None:
    """Return the id of the study's run, which is begun where there is none; None where MLflow is away.

    Workers that begin one at the same time agree on the first to be written down.
    """
    known = study.user_attrs.get(PARENT)
    with track(STAGE, run_id=known, name=study.study_name) as run:
        if run.run_id is None or run.run_id == known:
            return known
        run.set_tags({"optuna.study": study.study_name})
        run.log_params(params)
        if PARENT not in study.user_attrs:
            study.set_user_attr(PARENT, run.run_id)
    agreed: str = study.user_attrs[PARENT]
    return agreed


def record_trial(
    study: optuna.Study, trial: optuna.Trial, parent: str | None, values: Mapping[str, float], train: Train
) -> float:
    """Run `train` as a nested run of the study; its argument takes the figures of each epoch.

    Raises:
        TrialPruned: As `train` does; the run is then ended as finished, with the tag `pruned`.
    """
    curve: list[dict[str, float]] = []
    pruned = False
    tags = {"optuna.study": study.study_name, "optuna.trial": str(trial.number)}
    if parent:
        tags["mlflow.parentRunId"] = parent
    with track(STAGE, name=f"trial-{trial.number}", tags=tags) as run:
        run.log_params(values)
        score = 0.0
        try:
            score = train(curve.append)
        except optuna.TrialPruned:
            pruned = True
        _log_curve(run, curve)
        run.set_tags({"pruned": str(pruned).lower()})
        if not pruned:
            run.log_metrics({"score": score})
            run.describe(figures_list({"score": score, **values}))
    if pruned:
        raise optuna.TrialPruned
    return score


def _log_curve(run: TrackedRun, curve: list[dict[str, float]]) -> None:
    for row in curve:
        figures = {name: value for name, value in row.items() if name != "epoch"}
        run.log_metrics(figures, step=int(row["epoch"]))
