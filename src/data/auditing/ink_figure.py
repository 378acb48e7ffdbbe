"""The figure of the ink audit: how each statistic is spread over digits and letters, before and after normalising."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from src.data.auditing.ink_statistics import STATISTICS, Side

_BINS = 24
_DIGITS, _LETTERS = "#4477aa", "#ee6677"


def draw_figure(digits: Side, letters: Side) -> Figure:
    """Draw a histogram of each statistic, before above after on the same axis."""
    figure = Figure(figsize=(2.2 * len(STATISTICS), 5), layout="constrained", dpi=100)
    axes = figure.subplots(2, len(STATISTICS), sharex="col")
    for column, name in enumerate(STATISTICS):
        pairs = [(side.before[:, column], side.after[:, column]) for side in (digits, letters)]
        everything = np.concatenate([values for pair in pairs for values in pair])
        edges = np.linspace(everything.min(), everything.max() + 1e-6, _BINS + 1)
        for row in (0, 1):
            _histograms(axes[row, column], pairs[0][row], pairs[1][row], edges)
        axes[1, column].set_xlabel(name, fontsize=9)
    axes[0, 0].set_ylabel("before")
    axes[1, 0].set_ylabel("after normalisation")
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=2, frameon=False)
    return figure


def _histograms(
    axis: Axes, digits: NDArray[np.float64], letters: NDArray[np.float64], edges: NDArray[np.float64]
) -> None:
    for values, colour, name in ((digits, _DIGITS, "digits 0 3 6"), (letters, _LETTERS, "letters о з б")):
        weights = np.full(len(values), 1 / max(len(values), 1))
        axis.hist(values, edges.tolist(), weights=weights, color=colour, alpha=0.6, label=name)
    axis.set_yticks([])
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right", "left"]].set_visible(False)
