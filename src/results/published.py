"""The published figures, and those of an experiment on the published split beside them."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from src.common.digests import bytes_digest
from src.common.errors import InputError
from src.common.yaml_file import parse_yaml
from src.config.paths import EVALUATED
from src.results.run import NAMES, Metrics, format_value, table_rows
from src.workspace.measurements import Read

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


PUBLISHED = "published.json"
PUBLISHED_REVISION = "published-revision.json"
"""In docs/results: the experiment's metrics, and the revision that they are of."""


def lock_revision(lock: str) -> dict[str, str]:
    """Return the digests of the code and of the params that a dvc.lock speaks of, but for the mode of the split."""
    document: Any = parse_yaml(lock)
    stages = document["stages"].values()
    code = {dep["path"]: dep["md5"] for stage in stages for dep in stage["deps"] if dep["path"].startswith("src/")}
    params = [read for stage in stages for read in (stage.get("params") or {}).values()]
    values = {name: value for read in params for name, value in read.items() if name != "split.mode"}
    return {"code": _digest(code), "params": _digest(values)}


def published_staleness(folder: Path, read: Read) -> str | None:
    """Return what is to be said of the published split's figures in docs/results, where they are of another revision.

    Args:
        folder: docs/results.
        read: Reads dvc.lock.
    """
    note = folder / PUBLISHED_REVISION
    try:
        if note.is_file() and json.loads(note.read_bytes()) == lock_revision(read(Path("dvc.lock"))):
            return None
    except FileNotFoundError:  # the pipeline has never run
        pass
    return "*Published split: measured on an older revision. `make published` measures it anew.*"


def _digest(value: object) -> str:
    return bytes_digest(json.dumps(value, sort_keys=True).encode())


def comparison_table(metrics: Metrics) -> Table:
    """Return ours beside the published figures; a dash where nothing was published."""
    table = Table(title="Published split", title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("figure")
    for header in ("ours", "95 % interval", "rows", "published"):
        table.add_column(header, justify="right", no_wrap=True)
    for key, row in zip(NAMES, table_rows(metrics), strict=True):
        table.add_row(*row, format_value(key, PUBLISHED_FIGURES.get(key)))
    return table


def read_experiment(root: Path, name: str, path: Path = EVALUATED) -> bytes:
    """Return the bytes of a file of a DVC experiment, of its metrics if nothing else is said.

    Raises:
        InputError: There is no such experiment, or it has no such file.
    """
    import dvc.api  # noqa: PLC0415  # it takes a second
    from dvc.exceptions import DvcException  # noqa: PLC0415  # as above

    try:
        content: bytes = dvc.api.read(path.as_posix(), repo=str(root), rev=name, mode="rb")
    except (DvcException, FileNotFoundError) as error:
        raise InputError(f"{name}: no experiment with {path} ({error}); see `dvc exp list`") from error
    return content
