"""The published figures, and those of an experiment on the published split beside them."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.common.errors import InputError
from src.config.paths import EVALUATED
from src.results.run import NAMES, Metrics, format_value, table_rows

PUBLISHED_FIGURES: Mapping[str, float] = MappingProxyType(
    {
        "label": 282 / 300,
        "label_letters": 183 / 199,
        "label_digits": 99 / 101,
        # On its own test rows it never takes a digit for a letter: to be told the kind changes nothing.
        "label_kind_known": 282 / 300,
        "case_letters": 176 / 199,
        "mnist_test": 0.9939,
    }
)
"""What the published weights (github nazavr322/ukr-handwriting-classification) reach on their own test rows, measured;
published as 94.3 % for the label, because the sum is divided by n - 1."""


def comparison_table(metrics: Metrics) -> Table:
    """Return ours beside the published figures; a dash where nothing was published."""
    table = Table(title="Published split", title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("figure")
    for header in ("ours", "95 % interval", "rows", "published"):
        table.add_column(header, justify="right", no_wrap=True)
    for key, row in zip(NAMES, table_rows(metrics), strict=True):
        table.add_row(*row, format_value(key, PUBLISHED_FIGURES.get(key)))
    return table


def read_experiment(root: Path, name: str) -> bytes:
    """Return the bytes of the metrics file of a DVC experiment.

    Raises:
        InputError: There is no such experiment, or it has no metrics.
    """
    import dvc.api  # noqa: PLC0415  # it takes a second
    from dvc.exceptions import DvcException  # noqa: PLC0415  # as above

    try:
        content: bytes = dvc.api.read(EVALUATED.as_posix(), repo=str(root), rev=name, mode="rb")
    except (DvcException, FileNotFoundError) as error:
        raise InputError(f"{name}: no experiment with {EVALUATED} ({error}); see `dvc exp list`") from error
    return content
