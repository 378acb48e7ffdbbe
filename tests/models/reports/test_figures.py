from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from src.common.report_files import write_figure
from src.features.labels import LABELS
from src.models.evaluation_emnist.class_figure import class_figure
from src.models.reports.confusion_figure import case_confusion, label_confusion
from src.models.reports.curves_figure import curves_figure
from src.models.reports.reliability_figure import reliability_figure
from src.models.scoring.calibration_error import reliability
from tests.glyphs import GLYPHS


def _confusion(*, empty: bool = False) -> Figure:
    counts = np.random.default_rng(0).poisson(0 if empty else 0.1, (43, 43)).astype(np.int64)
    return label_confusion(counts, "Labels", "a note")


def _case(*, empty: bool = False) -> Figure:
    counts = np.zeros((2, 2), np.int64) if empty else np.array([[9, 1], [2, 8]])
    return case_confusion([("known", counts), ("hidden", counts)], "Case", "a note")


def _curves(*, empty: bool = False) -> Figure:
    epochs = 1 if empty else 5
    values = np.linspace(1, 0.5, epochs)
    rows = pd.DataFrame({"epoch": range(1, epochs + 1), "train_loss": values, "val_loss": values,
                         "val_label_accuracy": 1 - values})  # fmt: skip
    return curves_figure({"pretrain": rows, "finetune": rows}, "" if empty else "a note")


def _reliability(*, empty: bool = False) -> Figure:
    probability = np.random.default_rng(0).random(0 if empty else 50)
    bins = reliability(probability, probability > 0.4, 10)
    return reliability_figure([("label", "of the answer", bins)], "Reliability", "a note")


def _classes(*, empty: bool = False) -> Figure:
    scores = np.full((7, 3), np.nan) if empty else np.random.default_rng(0).random((7, 3))
    table = pd.DataFrame(scores, columns=["precision", "recall", "f1"]).assign(label=list(GLYPHS.labels))
    return class_figure(table, "Labels", "a note")


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("draw", [_confusion, _case, _curves, _reliability, _classes])
def test_the_same_numbers_give_the_same_bytes_without_a_name_or_a_time(
    draw: type, tmp_path: Path, *, empty: bool
) -> None:
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    for path in (first, second):
        write_figure(draw(empty=empty), path)
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as picture:
        assert set(picture.info) <= {"dpi"}
        assert min(picture.size) > 400


def test_the_label_confusion_names_every_label_and_counts_only_what_was_said() -> None:
    counts = np.zeros((43, 43), np.int64)
    counts[3, 5] = 7
    axis = label_confusion(counts, "", "").axes[0]
    assert "".join(tick.get_text() for tick in axis.get_yticklabels()) == LABELS
    assert [(text.get_position(), text.get_text()) for text in axis.texts] == [((5, 3), "7")]


def test_the_label_confusion_of_another_alphabet_parts_its_digits_from_its_letters() -> None:
    axis = label_confusion(np.eye(7, dtype=np.int64), "", "", GLYPHS).axes[0]
    assert "".join(tick.get_text() for tick in axis.get_xticklabels()) == GLYPHS.labels
    assert [float(np.asarray(line.get_ydata())[0]) for line in axis.lines] == [1.5, 0]


def test_the_curves_mark_the_epoch_whose_weights_were_kept() -> None:
    rows = pd.DataFrame({"epoch": [1, 2, 3], "train_loss": [3.0, 2, 1], "val_loss": [3.0, 1.5, 2],
                         "val_label_accuracy": [0.1, 0.93456, 0.9]})  # fmt: skip
    loss, accuracy = (axis.get_legend() for axis in curves_figure({"pretrain": rows}, "").axes)
    assert loss is not None
    assert accuracy is not None
    assert [text.get_text() for text in loss.get_texts()] == [
        "training, 2.000 at epoch 2",
        "validation, 1.500 at epoch 2",
    ]
    assert accuracy.get_texts()[0].get_text() == "label, 93.46 % at epoch 2"


def test_the_figure_of_labels_has_a_bar_and_two_marks_for_each() -> None:
    axis = _classes().axes[0]
    assert "".join(tick.get_text() for tick in axis.get_xticklabels()) == GLYPHS.labels
    assert len(axis.patches) == 7
    assert [len(np.asarray(marks.get_offsets())) for marks in axis.collections] == [7, 7]
