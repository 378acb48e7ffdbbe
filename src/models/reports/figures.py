"""The look that the figures of `evaluate` share."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

BLUE, VERMILION, GREY = "#0072b2", "#d55e00", "#8a8a84"
"""Okabe and Ito's colours: apart for every kind of sight."""

_LINE, _INK, _NOTE = "#b4b4ae", "#333333", "#70706a"


def new_figure(width: float, height: float, title: str, note: str) -> Figure:
    """Return an empty figure of so many inches; the note stands small at its foot."""
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1), dpi=120)
    figure.suptitle(title, x=0.012, ha="left", fontsize=14, fontweight="bold")
    figure.supxlabel(note, x=0.012, ha="left", fontsize=9, color=_NOTE)
    return figure


def style(axis: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Name an axis, and take away what does not inform."""
    axis.set_title(title, loc="left", fontsize=11, color=_INK)
    axis.set_xlabel(xlabel, color=_INK)
    axis.set_ylabel(ylabel, color=_INK)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["bottom", "left"]].set_color(_LINE)
    axis.tick_params(color=_LINE, labelcolor=_INK, labelsize=9)
