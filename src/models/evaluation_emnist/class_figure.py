"""Precision, recall and F1 of each label as one picture."""

import pandas as pd
from matplotlib.figure import Figure

from src.models.reports.figures import BLUE, GREY, VERMILION, new_figure, style

_MARKS = (("precision", BLUE, "^"), ("recall", VERMILION, "v"))


def class_figure(classes: pd.DataFrame, title: str, note: str) -> Figure:
    """Draw what `class_table` gives: a bar for F1, marks for precision and recall; a label without rows is bare."""
    figure = new_figure(3 + 0.24 * len(classes), 4.6, title, note)
    axis = figure.subplots()
    places = range(len(classes))
    axis.bar(places, classes["f1"], 0.7, color=GREY, alpha=0.45, label="F1")
    for name, colour, mark in _MARKS:
        axis.scatter(places, classes[name], 26, color=colour, marker=mark, label=name, zorder=3)
    style(axis, "", "", "")
    axis.set_xticks(places, list(classes["label"]))
    axis.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.4g} %")
    lowest = classes[["precision", "recall", "f1"]].min().min()
    axis.set_ylim(0 if pd.isna(lowest) else max(0.0, lowest - 0.05), 1.01)
    axis.set_xlim(-0.8, len(classes) - 0.2)
    axis.grid(axis="y", color="#ececE8", linewidth=0.8)
    axis.set_axisbelow(True)
    figure.legend(*axis.get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False, fontsize=9)
    return figure
