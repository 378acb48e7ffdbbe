"""What the runs of `benchmarks/emnist.py` come to: each network's figures, and ours against each published one."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.models.scoring.intervals import wilson

OURS = "ours"
QUICK = "quick"
OWN = (OURS, QUICK)
"""Our network: trained for the epochs of its params, and for a few."""

_MEDIANS = ("seconds", "seconds_to_chosen", "epochs", "milliseconds", "pictures_a_second")


class Run(NamedTuple):
    """One training of one network.

    numbers: How many numbers the network consists of.
    seconds: Of training until it ended, and until the end of the chosen epoch.
    epochs: How many there were, and which was chosen, from 1.
    milliseconds: Of one picture on one thread; pictures a second in batches there.
    wrong: Which of the `rows` test rows are read wrongly.
    history: Of each epoch its seconds, and loss and accuracy on the validation rows.
    """

    seed: int
    numbers: int
    seconds: float
    seconds_to_chosen: float
    epochs: int
    chosen: int
    milliseconds: float
    pictures_a_second: float
    rows: int
    wrong: list[int]
    history: list[list[float]]

    @property
    def right(self) -> NDArray[np.bool_]:
        """(rows,): which test rows are read rightly."""
        right = np.ones(self.rows, np.bool_)
        right[self.wrong] = False
        return right


def summarise(runs: Mapping[str, Sequence[Run]]) -> dict[str, Any]:
    """Return the figures of each network; of a published one also what ours is against it, as far as it was trained."""
    summary = {name: _figures(each) for name, each in runs.items()}
    for own in [own for own in OWN if own in runs]:
        for name in summary.keys() - set(OWN):
            summary[name][f"{own}_against_it"] = compare(runs[own], runs[name])
    return summary


def compare(ours: Sequence[Run], other: Sequence[Run]) -> dict[str, float]:
    """Return by how many points ours is more often right, and shares: what ours takes for one that the other takes.

    The points are those of the mean runs; their standard error is over pairs of answers to the same test row. Of the
    other's training only the seconds to its chosen epoch count, of ours all.
    """
    difference = 100 * (_mean_right(ours) - _mean_right(other))
    own_seconds = statistics.median(run.seconds for run in ours)
    return {
        "points": round(float(difference.mean()), 3),
        "standard_error": round(float(difference.std(ddof=1) / np.sqrt(len(difference))), 3),
        "training": round(own_seconds / statistics.median(run.seconds_to_chosen for run in other), 3),
        "numbers": round(ours[0].numbers / other[0].numbers, 3),
        "one_picture": round(_median(ours, "milliseconds") / _median(other, "milliseconds"), 3),
    }


def results_table(summary: Mapping[str, Any], words: Mapping[str, str], title: str) -> Table:
    """Return the figures side by side, ours first."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    headers = ("network", "runs", "accuracy", "95 %", "lowest to highest", "numbers", "training s", "to chosen s",
               "one ms", "a second", *(f"{own}: {what}" for own in OWN for what in ("points", "training")))  # fmt: skip
    for header in headers:
        table.add_column(header, justify="left" if header == "network" else "right", no_wrap=True)
    for name, row in summary.items():
        median = row["accuracy"]
        table.add_row(
            words[name], str(len(row["runs"])), f"{row['mean']:.2%}",
            f"{100 * median['low']:.2f} to {100 * median['high']:.2f}",
            f"{100 * row['lowest']:.2f} to {100 * row['highest']:.2f}", f"{row['numbers']:,}", f"{row['seconds']:.0f}",
            f"{row['seconds_to_chosen']:.0f}", f"{row['milliseconds']:.2f}", f"{row['pictures_a_second']:,.0f}",
            *(cell for own in OWN for cell in _against(row.get(f"{own}_against_it"))),
        )  # fmt: skip
    return table


def _against(against: Mapping[str, float] | None) -> tuple[str, str]:
    if against is None:
        return "", ""
    return f"{against['points']:+.2f} ± {against['standard_error']:.2f}", f"x {against['training']:.2f}"


def _figures(runs: Sequence[Run]) -> dict[str, Any]:
    """Return medians over the runs; of the accuracy also mean and range, and the interval of the median run."""
    ordered = sorted(runs, key=lambda run: len(run.wrong), reverse=True)
    accuracies = [float(run.right.mean()) for run in ordered]
    return {
        "accuracy": wilson(ordered[len(ordered) // 2].right).as_json(),
        "mean": round(statistics.mean(accuracies), 6),
        "lowest": round(accuracies[0], 6),
        "highest": round(accuracies[-1], 6),
        "spread_points": round(100 * (accuracies[-1] - accuracies[0]), 3),
        "numbers": runs[0].numbers,
        **{name: round(_median(runs, name), 3) for name in _MEDIANS},
        "runs": [_short(run) for run in sorted(runs, key=lambda run: run.seed)],
    }


def _short(run: Run) -> dict[str, Any]:
    """Return a run without its rows and epochs, which stay where runs are kept."""
    return {name: value for name, value in run._asdict().items() if name != "history"} | {"wrong": len(run.wrong)}


def _mean_right(runs: Sequence[Run]) -> NDArray[np.float64]:
    """Return of each test row the share of runs that read it rightly."""
    return np.asarray(np.mean([run.right for run in runs], axis=0), np.float64)


def _median(runs: Sequence[Run], name: str) -> float:
    return float(statistics.median(getattr(run, name) for run in runs))
