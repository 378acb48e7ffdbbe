"""How both training stages went, as one picture."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from src.models.reports.figures import BLUE, GREY, VERMILION, new_figure, style

_NAMES = {
    "train_loss": "training",
    "val_loss": "validation",
    "val_label_accuracy": "label",
    "val_case_accuracy": "case",
}
_COLOURS = {"train_loss": GREY, "val_loss": BLUE, "val_case_accuracy": VERMILION}


def curves_figure(curves: Mapping[str, pd.DataFrame], note: str) -> Figure:
    """Draw a row of panels for each stage: losses, and accuracies on its validation rows.

    Args:
        curves: For each stage one row an epoch, with `epoch`, `train_loss`, `val_loss` and accuracies; the epoch
            of the least `val_loss` is marked, because its weights were kept.
        note: Stands at the foot; may be empty.
    """
    kept_note = "dashed: the epoch whose weights were kept, by validation loss"
    figure = new_figure(11, 3.5 * len(curves) + 0.6, "Training", f"{note}\n{kept_note}" if note else kept_note)
    panels = figure.subplots(len(curves), 2, squeeze=False)
    for (loss, accuracy), (stage, rows) in zip(panels, curves.items(), strict=True):
        kept = int(rows["epoch"].to_numpy()[rows["val_loss"].argmin()])
        _draw(loss, rows, ["train_loss", "val_loss"], kept)
        style(loss, f"{stage}: loss", "epoch", "loss")
        loss.set_ylim(bottom=0)
        names = [name for name in rows.columns if name.endswith("accuracy")]
        _draw(accuracy, rows, names, kept)
        style(accuracy, f"{stage}: accuracy on validation rows", "epoch", "accuracy")
        accuracy.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.4g} %")
    return figure


def _draw(axis: Axes, rows: pd.DataFrame, names: Sequence[str], kept: int) -> None:
    for name in names:
        values, colour = rows[name], _COLOURS.get(name, BLUE)
        at_kept = float(values[rows["epoch"] == kept].iloc[0])
        text = f"{100 * at_kept:.2f} %" if name.endswith("accuracy") else f"{at_kept:.3f}"
        label = f"{_NAMES.get(name, name)}, {text} at epoch {kept}"
        marker = "o" if len(rows) == 1 else None
        axis.plot(rows["epoch"], values, color=colour, linewidth=1.6, marker=marker, label=label)
    axis.axvline(kept, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(facecolor="white", framealpha=0.85, edgecolor="none", fontsize=9)
