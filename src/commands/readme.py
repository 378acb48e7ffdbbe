"""`pysar readme`: the measured tables of README.md, made of files and never typed by hand."""

import json
import shutil
from pathlib import Path
from typing import Literal, TypeVar

import click
from pydantic import BaseModel, ValidationError

from src.common.command import Command
from src.common.errors import InputError
from src.common.files import replace_file, write_text
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Serving
from src.results.emnist_tables import EmnistMetrics, EmnistNetworks, read_evaluated, render_emnist
from src.results.published import read_experiment
from src.results.run import parse_metrics, read_metrics
from src.results.tables import Measured, render_results
from src.tasks.emnist import VARIANTS
from src.workspace.repository import METRICS, ask_dvc, find_root, read_locked

Region = Literal["results", "emnist"]
"""A part of README.md, between `<!-- name -->` and `<!-- /name -->`, that is written here."""

README = Path("README.md")
RESULTS = Path("docs/results")
MEASURED = {
    "crossval.json": Path("reports/crossval/metrics.json"),
    "ablation.json": Path("benchmarks/results/ablation.json"),
    "pretrain.json": Path("benchmarks/results/pretrain.json"),
    "serving.json": Path("benchmarks/results/serving.json"),
    "predict_files.json": Path("benchmarks/results/predict_files.json"),
    **{
        f"{variant.task}-networks.json": Path(f"benchmarks/results/{variant.task}.json")
        for variant in VARIANTS.values()
    },
}
"""Measured by commands of their own, and where."""

Document = TypeVar("Document", bound=BaseModel)


def replace_region(text: str, region: Region, tables: str) -> str:
    """Return README's text with what is between the markers of a region replaced.

    Raises:
        InputError: The markers are not there exactly once, in order.
    """
    opening, closing = f"<!-- {region} -->", f"<!-- /{region} -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end or opening in rest or closing in before + after:
        raise InputError(f"{README}: wants the line {opening} and after it {closing}, each once; put them in")
    return f"{before}{opening}\n{tables}\n{closing}{after}"


def render_readme(root: Path) -> str:
    """Return README's text with the tables of what lies in docs/results.

    Raises:
        InputError: A file is missing or its content is wrong, or README lacks a marker.
    """
    text = (root / README).read_text(encoding="utf-8")
    return replace_region(replace_region(text, "results", read_results(root)), "emnist", read_emnist(root))


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


def read_emnist(root: Path) -> str:
    """Return the tables of the Latin family; what docs/results lacks is left out.

    Raises:
        InputError: The content of a file is wrong.
    """
    folder = root / RESULTS
    metrics = [_read(folder / f"{variant.task}.json", EmnistMetrics, "make emnist") for variant in VARIANTS.values()]
    networks = [
        _read(folder / f"{variant.task}-networks.json", EmnistNetworks, f"python -m benchmarks.emnist {variant.name}")
        for variant in VARIANTS.values()
    ]
    return render_emnist([each for each in metrics if each], [each for each in networks if each])


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
    changed = json.loads(ask_dvc(["status", "--json", "dvc.yaml"], root))
    if changed:
        raise InputError(f"changed since the last run: {', '.join(changed)}; run `make repro` first")
    return read_locked(root, Path(), "evaluate", METRICS, "make repro")


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
    for variant in VARIANTS.values():
        content = read_evaluated(root, variant)
        if content is not None:
            write_text(root / RESULTS / f"{variant.task}.json", content.decode())
    for name, measured in MEASURED.items():
        if (root / measured).is_file():
            with replace_file(root / RESULTS / name) as temporary:
                shutil.copyfile(root / measured, temporary)
    write_text(root / README, render_readme(root))
    click.echo(f"wrote the tables of {README}")
