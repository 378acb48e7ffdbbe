"""`pysar published`: the pipeline on the published split as a DVC experiment, beside the published figures."""

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from src.common.command import Command
from src.results.published import comparison_table, read_experiment
from src.results.run import parse_metrics
from src.workspace.repository import find_root, run_dvc


@click.command(cls=Command)
def main() -> None:
    """Run the pipeline on the published split, leaving the workspace as it is, and compare with what is published."""
    root = find_root(Path.cwd())
    name = f"published-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    # The published rows are upstream's, whatever params.yaml says.
    settings = ("-S", "split.mode=published", "-S", "data.source=upstream")
    status = run_dvc(["exp", "run", "--temp", "--name", name, *settings], root)
    if status:
        sys.exit(status)
    metrics = parse_metrics(read_experiment(root, name), f"experiment {name}")
    Console().print("\n", comparison_table(metrics), sep="")
    click.echo("The published figures are those that the published weights reach on these same test rows.")
    click.echo(
        f"To take it over: .venv/bin/dvc exp apply {name}; into the README: make readme ARGS='--published {name}'"
    )
