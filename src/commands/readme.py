"""`pysar readme`: the measured figures of README and the manual, made of files and never typed by hand."""

import json
import shutil
from pathlib import Path
from typing import Literal

import click

from src.common.command import Command
from src.common.errors import InputError, WorkError
from src.common.files import replace_file, write_json, write_text
from src.config.paths import EVALUATED, metrics_of
from src.results.emnist_tables import read_evaluated
from src.results.pages import RESULTS, render_pages
from src.results.published import PUBLISHED_REVISION, lock_revision, read_experiment
from src.results.run import parse_metrics
from src.tasks.emnist import VARIANTS
from src.workspace.repository import ask_dvc, find_root, read_locked

MEASURED = {
    "crossval.json": metrics_of("crossval"),
    "ablation.json": Path("benchmarks/results/ablation.json"),
    "paper.json": Path("benchmarks/results/paper.json"),
    "pretrain.json": Path("benchmarks/results/pretrain.json"),
    "serving.json": Path("benchmarks/results/serving.json"),
    "predict_files.json": Path("benchmarks/results/predict_files.json"),
    "mutants.json": Path("benchmarks/results/mutants.json"),
    **{
        f"{variant.task}-networks.json": Path(f"benchmarks/results/{variant.task}.json")
        for variant in VARIANTS.values()
    },
}
"""What other commands measure: the name in docs/results, and the file that they write."""


def copy_metrics(root: Path, kind: Literal["metrics", "published"], content: bytes) -> None:
    """Keep the bytes of a metrics file in docs/results, if they are of a run that the manual shows.

    Raises:
        InputError: They are of the embedded sample, or of the other split.
    """
    metrics = parse_metrics(content, kind)
    wanted = "published" if kind == "published" else "stratified"
    if metrics.corpus != "upstream" or metrics.split_mode != wanted:
        found = f"{metrics.corpus} and {metrics.split_mode}"
        raise InputError(f"{kind}: data.source and split.mode are {found}; the manual shows upstream and {wanted} only")
    with replace_file(root / RESULTS / f"{kind}.json") as temporary:
        temporary.write_bytes(content)


def read_committed(root: Path) -> bytes:
    """Return the bytes of the workspace's metrics, which are those of dvc.lock.

    Raises:
        InputError: Something changed since the last run, or the file is not what dvc.lock says.
    """
    changed = json.loads(ask_dvc(["status", "--json", "dvc.yaml"], root))
    if changed:
        raise InputError(f"changed since the last run: {', '.join(changed)}; run `make repro` first")
    return read_locked(root, Path(), "evaluate", EVALUATED, "make repro")


@click.command(cls=Command)
@click.option("--published", "experiment", help="DVC experiment to take the published split's figures from.")
@click.option("--mark", is_flag=True, help="Copy nothing: only mark what is of an older revision by now.")
@click.option("--check", is_flag=True, help="Write nothing: fail where a stale figure is shown as current.")
def main(experiment: str | None, *, mark: bool, check: bool) -> None:
    """Copy the measured files into docs/results and write the figures of README and the manual from them.

    README shows three lines; the tables are in docs/results. The workspace must be up to date and hold upstream's
    data, not the sample. Without --published, the figures of the published split stay as they are. What was measured
    on another revision says so.
    """
    root = find_root(Path.cwd())
    if check:
        check_pages(root)
        return
    if not mark:
        copy_measured(root, experiment)
    for page, text in render_pages(root).items():
        write_text(root / page, text)
        click.echo(f"wrote the figures of {page}")


def check_pages(root: Path) -> None:
    """Make sure that each page shows what docs/results holds, and what of it is of an older revision as such.

    Raises:
        WorkError: One does not.
    """
    other = [str(page) for page, text in render_pages(root).items() if (root / page).read_text("utf-8") != text]
    if other:
        raise WorkError(f"{', '.join(other)}: figures that are not those of docs/results, or are of an older revision "
                        "and not marked so; run `make readme ARGS=--mark`")  # fmt: skip


def copy_measured(root: Path, experiment: str | None) -> None:
    """Copy the measured files that are here into docs/results.

    Args:
        root: The repository.
        experiment: Of the published split; without it the last copy stays.

    Raises:
        InputError: One is not of a run that the manual shows.
    """
    copy_metrics(root, "metrics", read_committed(root))
    if experiment:
        copy_metrics(root, "published", read_experiment(root, experiment))
        lock = read_experiment(root, experiment, Path("dvc.lock")).decode()
        write_json(root / RESULTS / PUBLISHED_REVISION, lock_revision(lock))
    for variant in VARIANTS.values():
        content = read_evaluated(root, variant)
        if content is not None:
            write_text(root / RESULTS / f"{variant.task}.json", content.decode())
    for name, measured in MEASURED.items():
        if (root / measured).is_file():
            with replace_file(root / RESULTS / name) as temporary:
                shutil.copyfile(root / measured, temporary)
