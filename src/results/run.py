"""The figures of a run, read from the metrics that `evaluate` writes, and their table."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.common.errors import InputError

NAMES = {
    "label": "label, all 43",
    "label_letters": "label, letters",
    "label_digits": "label, digits",
    "label_kind_known": "label, kind known",
    "label_top3": "label, among the top three",
    "label_macro_f1": "label, macro F1",
    "case_letters": "case, letters",
    "case_paired": "case, letters of two cases",
    "joint": "label and case",
    "label_ece": "label, calibration (ECE)",
    "unseen": "unseen hands: label, all 43",
    "unseen_kind_known": "unseen hands: kind known",
    "unseen_top3": "unseen hands: top three",
    "refusal_fpr95": "non-characters accepted as characters",
    "mnist_test": "MNIST test, kind known",
    "mnist_test_pretrained": "MNIST test, pretrained",
}
"""What each figure of details.json is called in a table, in the order of the table."""

SAMPLE_NOTE = "EMBEDDED SAMPLE: drawn by Pysar itself, not real handwriting"


class Figure(BaseModel):
    """A value in [0, 1] with its 95 % interval; `right` of `n` rows where it is a share, no value without rows."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    value: float | None
    low: float
    high: float
    right: int | None = None
    n: int


class Metrics(NamedTuple):
    """What `evaluate` found: on which corpus, in which split, and the figures by their key."""

    corpus: Literal["upstream", "sample"]
    split_mode: str
    figures: dict[str, Figure]


class Row(NamedTuple):
    """One line of a table, as text."""

    name: str
    value: str
    interval: str
    rows: str


class _Header(BaseModel):
    corpus: Literal["upstream", "sample"]
    split_mode: str


def parse_metrics(text: str | bytes, origin: str) -> Metrics:
    """Read the metrics of `evaluate`; keys that no table shows are passed over.

    Args:
        text: JSON.
        origin: What an error names: the file, or the experiment.

    Raises:
        InputError: It is not JSON, or a key is missing or of a wrong form.
    """
    try:
        document = json.loads(text)
        header = _Header.model_validate(document)
        figures = {key: Figure.model_validate(document[key]) for key in NAMES}
    except KeyError as error:
        raise InputError(f"{origin}: {error.args[0]}: missing; run `make repro` again") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{origin}: {faults}; run `make repro` again") from None
    except ValueError as error:
        raise InputError(f"{origin}: not valid JSON ({error}); run `make repro` again") from None
    return Metrics(header.corpus, header.split_mode, figures)


def read_metrics(path: Path) -> Metrics:
    """Read a metrics file.

    Raises:
        InputError: It is missing, or its content is wrong.
    """
    try:
        return parse_metrics(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `make repro` first") from None


def table_rows(metrics: Metrics) -> Iterator[Row]:
    """Yield the lines of a table: shares in per cent, the calibration error as it is."""
    for key, name in NAMES.items():
        figure = metrics.figures[key]
        count = f"{figure.n:,}" if figure.right is None else f"{figure.right:,} of {figure.n:,}"
        yield Row(name, format_value(key, figure.value), _interval(key, figure), count)


def format_value(key: str, value: float | None) -> str:
    """Write one value of a figure: 94.2 %, of a calibration error 0.031, and a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.3f}" if key.endswith("_ece") else f"{_decimals(key, value)} %"


def results_table(metrics: Metrics) -> Table:
    """Return the table of one run; that of the embedded sample says so in its title."""
    title = f"Results on the test rows, {metrics.split_mode} split"
    if metrics.corpus == "sample":
        title = f"{SAMPLE_NOTE}\n{title}"
    table = Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("figure")
    for header in ("value", "95 % interval", "rows"):
        table.add_column(header, justify="right", no_wrap=True)
    for row in table_rows(metrics):
        table.add_row(*row)
    return table


def _interval(key: str, figure: Figure) -> str:
    if figure.value is None:
        return "–"
    low, high = format_value(key, figure.low), format_value(key, figure.high)
    return f"{low.removesuffix(' %')} – {high.removesuffix(' %')}"


def _decimals(key: str, value: float) -> str:
    # Ten thousand rows carry a decimal more than three hundred.
    return f"{100 * value:.2f}" if key.startswith("mnist_test") else f"{100 * value:.1f}"
