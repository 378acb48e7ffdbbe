"""What `pysar tune` answers: how far a study is, its best values beside those of today, and what confirming gave."""

from collections.abc import Mapping, Sequence
from statistics import mean

import optuna
from optuna.trial import TrialState
from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.models.search.confirm import Candidate


def progress(study: optuna.Study) -> str:
    """Return in a line how many trials there are, and the best of them."""
    states = [trial.state for trial in study.get_trials(deepcopy=False)]
    complete, pruned = states.count(TrialState.COMPLETE), states.count(TrialState.PRUNED)
    best = f"; best score {study.best_value:.4f} (trial {study.best_trial.number})" if complete else ""
    return f"study {study.study_name}: {complete} complete, {pruned} pruned{best}"


def best_values(study: optuna.Study, current: Mapping[str, float]) -> Table:
    """Return the best values beside those of params.yaml."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    table = _table("Values")
    table.add_column("knob")
    table.add_column("params.yaml", justify="right")
    table.add_column("best", justify="right")
    for name, value in current.items():
        table.add_row(name, f"{value:g}", f"{study.best_params[name]:g}" if complete else "–")
    return table


def confirmed_table(scored: Sequence[Candidate]) -> Table:
    """Return what the means over the seeds are, best first."""
    table = _table("Validation scores with seeds that chose nothing")
    table.add_column("values of")
    for number in range(len(scored[0].scores)):
        table.add_column(f"seed {number + 1}", justify="right")
    table.add_column("mean", justify="right")
    for one in scored:
        origin = "params.yaml" if one.trial is None else f"trial {one.trial}"
        table.add_row(origin, *(f"{score:.4f}" for score in one.scores), f"{mean(one.scores):.4f}")
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD)
