"""What a study found, drawn by Optuna: history, importance of the knobs, slices and parallel coordinates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import optuna
from matplotlib.figure import Figure
from optuna.trial import TrialState
from optuna.visualization import matplotlib as draw

from src.common.report_files import write_figure
from src.models.search.study import quiet_experiments

_FEWEST = 2


def write_study_figures(study: optuna.Study, folder: Path) -> list[Path]:
    """Draw a study into `folder` and return the files: none while it has fewer than two complete trials."""
    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < _FEWEST:
        return []
    names: dict[str, Callable[[optuna.Study], Any]] = {
        "history": draw.plot_optimization_history,
        "importance": draw.plot_param_importances,
        "slice": draw.plot_slice,
        "parallel_coordinate": draw.plot_parallel_coordinate,
    }
    named, written = _with_short_names(study), []
    for name, plot in names.items():
        path = folder / f"{name}.png"
        write_figure(_drawn(plot, named), path)
        written.append(path)
    return written


def _drawn(plot: Callable[[optuna.Study], Any], study: optuna.Study) -> Figure:
    # Optuna draws through pyplot, which would ask for a display.
    with mpl.rc_context({"backend": "agg", "font.size": 9}), quiet_experiments():
        axes = plot(study)  # one, or an array of them
    if hasattr(axes, "flat"):
        figure: Figure = axes.flat[0].figure
        return figure
    figure = axes.figure
    figure.set_size_inches(12, 6)
    figure.subplots_adjust(bottom=0.2, left=0.2)
    return figure


def _with_short_names(study: optuna.Study) -> optuna.Study:
    """Return a copy whose knobs have the last part of their names: whole ones run into each other in a figure."""
    copied = optuna.create_study(direction="maximize")
    for trial in study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED)):
        copied.add_trial(
            optuna.create_trial(
                state=trial.state,
                value=trial.value,
                params={_short(name): value for name, value in trial.params.items()},
                distributions={_short(name): kind for name, kind in trial.distributions.items()},
                intermediate_values=trial.intermediate_values,
            )
        )
    return copied


def _short(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ")
