"""`pysar readme`: the measured tables of README.md, made of files and never typed by hand."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Literal, TypeVar

import click
from pydantic import BaseModel, ValidationError

from src.command import Command
from src.errors import InputError
from src.files import replace_file, write_text
from src.published import read_experiment
from src.readme_documents import Ablation, Benchmark, Crossval, ManyFiles, Serving
from src.readme_tables import Measured, render_results
from src.repository import METRICS, ask_dvc, find_root, locked_md5
from src.results import parse_metrics, read_metrics

BEGIN, END = "<!-- results -->", "<!-- /results -->"
README = Path("README.md")
RESULTS = Path("docs/results")
MEASURED = {
    "crossval.json": Path("reports/crossval/metrics.json"),
    "ablation.json": Path("benchmarks/results/ablation.json"),
    "pretrain.json": Path("benchmarks/results/pretrain.json"),
    "serving.json": Path("benchmarks/results/serving.json"),
    "predict_files.json": Path("benchmarks/results/predict_files.json"),
}
"""Measured by commands of their own, and where."""

Document = TypeVar("Document", bound=BaseModel)


def replace_results(text: str, results: str) -> str:
    """Return README's text with what is between the markers replaced.

    Raises:
        InputError: The markers are not there exactly once, in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in before + after:
        raise InputError(f"{README}: wants the line {BEGIN} and after it {END}, each once; put them in")
    return f"{before}{BEGIN}\n{results}\n{END}{after}"


def read_results(root: Path) -> str:
    """Return the tables of what lies in docs/results; only the committed run's metrics must be there.

    Raises:
        InputError: A file is missing or its content is wrong.
    """
    folder = root / RESULTS
    published = folder / "published.json"
    return render_results(
        Measured(
            read_metrics(folder / METRICS.name),
            read_metrics(published) if published.is_file() else None,
            _read(folder / "crossval.json", Crossval, "make crossval"),
            _read(folder / "ablation.json", Ablation, "python -m benchmarks.ablation"),
            _read(folder / "pretrain.json", Benchmark, "python -m benchmarks.pretrain"),
            _read(folder / "serving.json", Serving, "python -m benchmarks.serving"),
            _read(folder / "predict_files.json", ManyFiles, "python -m benchmarks.predict_files"),
        )
    )


def copy_metrics(root: Path, kind: Literal["metrics", "published"], content: bytes) -> None:
    """Keep the bytes of a metrics file in docs/results, if they are of the run that the README speaks of.

    Raises:
        InputError: They are of the embedded sample, or of the other split.
    """
    metrics = parse_metrics(content, kind)
    wanted = "published" if kind == "published" else "stratified"
    if metrics.corpus != "upstream" or metrics.split_mode != wanted:
        found = f"{metrics.corpus} and {metrics.split_mode}"
        raise InputError(f"{kind}: data.source and split.mode are {found}; README's are of upstream and {wanted}")
    with replace_file(root / RESULTS / f"{kind}.json") as temporary:
        temporary.write_bytes(content)


def read_committed(root: Path) -> bytes:
    """Return the bytes of the workspace's metrics, which are those of dvc.lock.

    Raises:
        InputError: Something changed since the last run, or the file is not what dvc.lock says.
    """
    changed = json.loads(ask_dvc(["status", "--json"], root))
    if changed:
        raise InputError(f"changed since the last run: {', '.join(changed)}; run `make repro` first")
    content = (root / METRICS).read_bytes()
    lock = (root / "dvc.lock").read_text(encoding="utf-8")
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != locked_md5(lock, "evaluate", METRICS):
        raise InputError(f"{METRICS}: not what dvc.lock says; run `make repro` first")
    return content


def _read(path: Path, document: type[Document], command: str) -> Document | None:
    if not path.is_file():
        return None
    try:
        return document.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{path}: {faults}; run `{command}` again") from None


@click.command(cls=Command)
@click.option("--published", "experiment", help="Take the published split's figures from this DVC experiment.")
def main(experiment: str | None) -> None:
    """Copy the measured files into docs/results and write README's tables from them.

    The workspace must be up to date and on upstream's data. Without --published the last copy stays.
    """
    root = find_root(Path.cwd())
    copy_metrics(root, "metrics", read_committed(root))
    if experiment:
        copy_metrics(root, "published", read_experiment(root, experiment))
    for name, measured in MEASURED.items():
        if (root / measured).is_file():
            with replace_file(root / RESULTS / name) as temporary:
                shutil.copyfile(root / measured, temporary)
    readme = root / README
    write_text(readme, replace_results(readme.read_text(encoding="utf-8"), read_results(root)))
    click.echo(f"wrote the tables of {README}")
