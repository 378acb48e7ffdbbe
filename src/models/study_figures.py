"""What a study found, drawn by Optuna: history, importance of the knobs, slices and parallel coordinates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import optuna
from matplotlib.figure import Figure
from optuna.trial import TrialState
from optuna.visualization import matplotlib as draw

from src.models.study import quiet_experiments
from src.report_files import write_figure

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
    written = []
    for name, plot in names.items():
        path = folder / f"{name}.png"
        write_figure(_drawn(plot, study), path)
        written.append(path)
    return written


def _drawn(plot: Callable[[optuna.Study], Any], study: optuna.Study) -> Figure:
    # Optuna draws through pyplot, which would ask for a display.
    with mpl.rc_context({"backend": "agg", "savefig.bbox": "tight"}), quiet_experiments():
        axes = plot(study)  # one, or an array of them
        figure: Figure = getattr(axes, "flat", [axes])[0].figure
    figure.set_size_inches(max(figure.get_figwidth(), 11), 6)
    return figure
