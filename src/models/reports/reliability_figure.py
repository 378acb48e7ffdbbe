"""The reliability diagram: how often what was given a probability came true."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from src.models.reports.figures import BLUE, GREY, new_figure, style


def reliability_figure(panels: Sequence[tuple[str, str, pd.DataFrame]], title: str, note: str) -> Figure:
    """Draw a diagram with a histogram under it for each panel: caption, what the probability is of, and its bins.

    The bins are those of `calibration.reliability`; bars are shares with their 95 % intervals.
    """
    figure = new_figure(5.2 * len(panels), 6.2, title, note)
    axes = figure.subplots(2, len(panels), sharex=True, squeeze=False, height_ratios=[4, 1])
    for (diagram, histogram), (caption, what, bins) in zip(axes.T, panels, strict=True):
        _draw_diagram(diagram, bins)
        style(diagram, caption, "", "share that came true")
        diagram.tick_params("x", labelbottom=False)
        width = bins["to"] - bins["from"]
        histogram.bar(bins["from"] + width / 2, bins["n"], 0.92 * width, color=GREY)
        style(histogram, "", what, "rows")
        for middle, count in zip(bins["from"] + width / 2, bins["n"], strict=True):
            if count:
                histogram.text(middle, count, str(count), ha="center", va="bottom", fontsize=7.5)
        histogram.margins(y=0.3)
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False, fontsize=9
    )
    return figure


def _draw_diagram(axis: Axes, bins: pd.DataFrame) -> None:
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), label="as promised")
    filled = bins[bins["n"] > 0]
    width = filled["to"] - filled["from"]
    axis.bar(filled["from"], filled["share"], width, align="edge", color=BLUE, alpha=0.18, edgecolor="white")
    spread = [filled["share"] - filled["low"], filled["high"] - filled["share"]]
    axis.errorbar(
        filled["probability"], filled["share"], yerr=spread, fmt="o", color=BLUE, markersize=5, elinewidth=1.1,
        capsize=2.5, label="share with 95 % interval",
    )  # fmt: skip
    axis.set_xlim(0, 1)
    axis.set_ylim(-0.02, 1.02)
