"""What `pysar tune` answers: how far a study is, its best values beside those of today, and what confirming gave."""

from collections.abc import Mapping, Sequence
from statistics import mean

import optuna
from optuna.trial import TrialState
from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.models.confirm import Candidate


def summary(study: optuna.Study, current: Mapping[str, float]) -> Table:
    """Return the best values beside those of params.yaml; the title says how many trials there are."""
    counts = [
        len(study.get_trials(deepcopy=False, states=(state,))) for state in (TrialState.COMPLETE, TrialState.PRUNED)
    ]
    complete, pruned = counts
    best = study.best_trial if complete else None
    score = f", the best score {best.value:.4f} (trial {best.number})" if best else ""
    table = _table(f"Study {study.study_name}: {complete} complete, {pruned} pruned{score}")
    table.add_column("knob")
    table.add_column("params.yaml", justify="right")
    table.add_column("best", justify="right")
    for name, value in current.items():
        table.add_row(name, f"{value:g}", f"{best.params[name]:g}" if best else "–")
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
