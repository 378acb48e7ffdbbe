"""`pysar results`: the table of results of the last run."""

from pathlib import Path

import click
from rich.console import Console

from src.common.command import Command
from src.config.paths import EVALUATED
from src.results.run import read_metrics, results_table
from src.workspace.repository import find_root


@click.command(cls=Command)
def main() -> None:
    """Show the table of results of the last run."""
    Console().print(results_table(read_metrics(find_root(Path.cwd()) / EVALUATED)))
