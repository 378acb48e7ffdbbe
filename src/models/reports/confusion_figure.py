"""Confusion matrices as pictures: each row is what was shown, each column what was said."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from src.features.labels import UKRAINIAN, Alphabet
from src.models.reports.figures import BLUE, VERMILION, new_figure, style

Counts = NDArray[np.int64]

_RIGHT = LinearSegmentedColormap.from_list("right", ["#ffffff", BLUE])
_WRONG = LinearSegmentedColormap.from_list("wrong", ["#fbe3d3", VERMILION])
_GRID = "#ececE8"
_DARK = 0.5
_USUAL = 43
"""Labels for which the figure has its usual size."""


def label_confusion(counts: Counts, title: str, note: str, alphabet: Alphabet = UKRAINIAN) -> Figure:
    """Draw the (classes, classes) counts; right answers are blue, wrong ones vermilion, by their share of the row."""
    larger = max(1.0, len(alphabet) / _USUAL)
    figure = new_figure(12.5 * larger, 12.8 * larger, title, note)
    axis = figure.subplots()
    _draw_matrix(axis, counts, list(alphabet.labels), fontsize=7.5)
    style(axis, "", "said", "shown")
    # Between digits and letters: an answer in the two corners has taken one kind for the other.
    for line in (axis.axhline, axis.axvline):
        line(alphabet.digits.sum() - 0.5, color="#55554f", linewidth=0.9)
    return figure


def case_confusion(panels: Sequence[tuple[str, Counts]], title: str, note: str) -> Figure:
    """Draw (2, 2) counts side by side, each under its caption; lowercase before uppercase."""
    figure = new_figure(4.2 * len(panels), 4.6, title, note)
    for axis, (caption, counts) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _draw_matrix(axis, counts, ["lowercase", "uppercase"], fontsize=15)
        style(axis, caption, "said", "shown")
        axis.tick_params("y", rotation=90)
        for tick in axis.get_yticklabels():
            tick.set_verticalalignment("center")
    return figure


def _draw_matrix(axis: Axes, counts: Counts, names: Sequence[str], fontsize: float) -> None:
    size = len(names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(size, dtype=np.bool_)
    axis.imshow(np.where(right[..., None], _RIGHT(shares), _shade_wrong(counts, shares)), interpolation="nearest")
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "#ffffff" if shares[row, column] > _DARK else "#1a1a1a"
        axis.text(
            column, row, str(counts[row, column]), ha="center", va="center", fontsize=fontsize, color=colour
        )  # fmt: skip
    axis.set_xticks(range(size), names)
    axis.set_yticks(range(size), names)
    axis.set_xticks(np.arange(size + 1) - 0.5, minor=True)
    axis.set_yticks(np.arange(size + 1) - 0.5, minor=True)
    axis.grid(which="minor", color=_GRID, linewidth=0.6)
    axis.tick_params(which="both", length=0)


def _shade_wrong(counts: Counts, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    white = np.ones(4)
    shaded: NDArray[np.float64] = np.where(counts[..., None] > 0, _WRONG(np.minimum(shares, 1.0)), white)
    return shaded
