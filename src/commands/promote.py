"""`pysar promote`: make a version of the registered model the champion, where it is better than the one before."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from filelock import FileLock, Timeout
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.common.command import Command
from src.common.errors import InputError, WorkError
from src.config.params import PARAMS_FILE, load_params
from src.registry.open_registry import open_registry
from src.workspace.repository import find_root

if TYPE_CHECKING:
    from src.registry.decision import Decision
    from src.registry.mcnemar import Pairs

LOCK = Path(".pysar/promote.lock")
LOCK_SECONDS = 120.0


def pairs_table(version: str, champion: str, pairs: "Pairs") -> Table:
    """Return the rows out of fold by who has them right: label and, where there is one, case."""
    table = Table(title="Rows out of fold, label and case", title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("")
    for header in (f"version {champion} right", "wrong", "sum"):
        table.add_column(header, justify="right")
    lines = {
        f"version {version} right": (pairs.both, pairs.challenger_only),
        f"version {version} wrong": (pairs.champion_only, pairs.neither),
        "sum": (pairs.champion_right, pairs.rows - pairs.champion_right),
    }
    for name, (right, wrong) in lines.items():
        table.add_row(name, str(right), str(wrong), str(right + wrong))
    return table


@contextmanager
def promotion_lock(root: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Let one promotion at a time decide, of all on this machine.

    Raises:
        WorkError: Another holds the lock for longer than `seconds`.
    """
    path = root / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        raise WorkError(f"{path}: another promotion is under way for {seconds:.0f} s; try again when it ends") from None
    try:
        yield
    finally:
        lock.release()


def show(decision: "Decision") -> None:
    """Print the table, where there was a test, and what was decided."""
    if decision.pairs is not None:
        Console().print("\n", pairs_table(decision.version, str(decision.champion), decision.pairs), sep="")
    if decision.action == "refused":
        raise WorkError(f"version {decision.version} stays as it is: {decision.reason}")
    click.echo(f"version {decision.version} is champion: {decision.reason}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "unknown"


@click.command(cls=Command)
@click.argument("version", required=False)
@click.option(
    "--alpha", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Use this instead of promote.alpha."
)
@click.option("--rollback", is_flag=True, help="Go back to the champion before this one.")
def main(version: str | None, alpha: float | None, rollback: bool) -> None:
    """Make a version the champion if more rows are read right out of fold, by more than chance.

    Out of fold: `calibrate` had each row read by a network that was trained like the version, but not on that row.

    The first champion needs no test. Why, or why not, is kept with the version.
    """
    root = find_root(Path.cwd())
    if rollback == (version is not None):
        raise InputError("give either a VERSION, as `pysar ui` lists them (models/pysar), or --rollback")
    level = alpha if alpha is not None else load_params(root / PARAMS_FILE).promote.alpha
    with promotion_lock(root), open_registry(root) as registry:
        # Imported here because it takes four seconds and reads the environment that was set before.
        from src.prediction.registered import check_version  # noqa: PLC0415  # MLflow takes four seconds to import
        from src.registry.decision import Stamp  # noqa: PLC0415  # MLflow takes four seconds to import
        from src.registry.promotion import promote, roll_back  # noqa: PLC0415  # MLflow takes four seconds to import

        check = partial(check_version, registry, root=root)
        stamp = Stamp(datetime.now(UTC).isoformat(timespec="seconds"), _user())
        decision = (
            roll_back(registry, stamp, check) if version is None else promote(registry, version, level, stamp, check)
        )
    show(decision)


if __name__ == "__main__":
    main()
