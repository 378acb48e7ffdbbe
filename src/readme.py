"""`pysar readme`: the measured tables of README.md, made of files and never typed by hand."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Literal

import click
from pydantic import BaseModel, ConfigDict, ValidationError

from src.command import Command
from src.errors import InputError
from src.files import replace_file, write_text
from src.published import PUBLISHED_FIGURES, read_experiment
from src.repository import METRICS, ask_dvc, find_root, locked_md5
from src.results import NAMES, Metrics, format_value, parse_metrics, read_metrics, table_rows

BEGIN, END = "<!-- results -->", "<!-- /results -->"
README = Path("README.md")
RESULTS = Path("docs/results")
BENCHMARK = Path("benchmarks/results/pretrain.json")
NOTE = (
    "Intervals are Wilson's, 95 %; those of macro F1 and ECE are bootstrapped and corrected for bias. "
    '"Kind known": letters among letters, digits among digits. '
    "Published weights: github nazavr322/ukr-handwriting-classification, measured on their own test rows, which are "
    "the published split's. Where the kind is not known ours confuses letters and digits that look alike, which the "
    "published network tells apart by pen and box. "
    "`make readme` writes these tables from `docs/results/`."
)


class Training(BaseModel):
    """One of the two trainings of the benchmark: how long it took, and its accuracy on MNIST's test file."""

    model_config = ConfigDict(frozen=True)

    epochs: int
    seconds: float
    right: int
    n: int
    value: float
    low: float
    high: float


class Benchmark(BaseModel):
    """Our pretraining and the published recipe, timed in one run of `python -m benchmarks.pretrain`."""

    model_config = ConfigDict(frozen=True)

    ours: Training
    published: Training
    machine: str


def render_results(metrics: Metrics, published: Metrics | None, benchmark: Benchmark | None) -> str:
    """Return the measured tables in Markdown, without the markers.

    Args:
        metrics: Of the committed run.
        published: Of the run on the published split; where None, its columns are left out.
        benchmark: Of the training times; where None, its table is left out.
    """
    tables = [_figures(metrics, published), NOTE]
    if benchmark:
        tables.append(_times(benchmark))
    return "\n\n".join(tables)


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
    published, benchmark = folder / "published.json", folder / BENCHMARK.name
    return render_results(
        read_metrics(folder / METRICS.name),
        read_metrics(published) if published.is_file() else None,
        _read_benchmark(benchmark) if benchmark.is_file() else None,
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


def _figures(metrics: Metrics, published: Metrics | None) -> str:
    header = ["figure", "default split", "95 % interval", "rows"]
    columns = [list(row) for row in table_rows(metrics)]
    if published:
        header += ["published split", "95 % interval", "rows", "published weights"]
        for line, key, row in zip(columns, NAMES, table_rows(published), strict=True):
            line += [*row[1:], format_value(key, PUBLISHED_FIGURES.get(key))]
    return _markdown(header, columns)


def _times(benchmark: Benchmark) -> str:
    header = ["pretraining on MNIST", "epochs", "time", "MNIST test file", "95 % interval"]
    rows = []
    for name, run in (("ours", benchmark.ours), ("published recipe", benchmark.published)):
        interval = f"{100 * run.low:.2f} – {100 * run.high:.2f}"
        rows.append([name, str(run.epochs), f"{run.seconds:,.0f} s", f"{100 * run.value:.2f} %", interval])
    ratio = benchmark.published.seconds / benchmark.ours.seconds
    said = (
        f"One run of `python -m benchmarks.pretrain` ({benchmark.machine}; denormal numbers flushed to zero for both): "
        f"ours takes 1/{ratio:.1f} of the time."
    )
    return f"{_markdown(header, rows)}\n\n{said}"


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def _read_benchmark(path: Path) -> Benchmark:
    try:
        return Benchmark.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{path}: {faults}; run `python -m benchmarks.pretrain` again") from None


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
    if (root / BENCHMARK).is_file():
        with replace_file(root / RESULTS / BENCHMARK.name) as temporary:
            shutil.copyfile(root / BENCHMARK, temporary)
    readme = root / README
    write_text(readme, replace_results(readme.read_text(encoding="utf-8"), read_results(root)))
    click.echo(f"wrote the tables of {README}")
