"""The tables of README.md, in Markdown."""

from typing import NamedTuple

from src.common.markdown_table import markdown_table
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Serving, Spread, Worth
from src.results.published import PUBLISHED_FIGURES
from src.results.run import NAMES, Metrics, format_value, table_rows

NOTE = (
    "Intervals are Wilson's, 95 %; those of macro F1 and ECE are bootstrapped and corrected for bias. "
    '"Kind known": letters among letters, digits among digits. '
    "Published weights: github nazavr322/ukr-handwriting-classification, measured on their own test rows, which are "
    "the published split's. Where the kind is not known ours confuses letters and digits that look alike, which the "
    "published network tells apart by pen and box. "
    "`make readme` writes these tables from `docs/results/`."
)


_CROSSVAL = {
    "label": "label, all 43",
    "label_kind_known": "label, kind known",
    "label_top3": "label, among the top three",
    "case_paired": "case, letters of two cases",
    "label_ece": "label, calibration (ECE)",
}
_ABLATION = {
    "label": "label, all 43",
    "kind_known": "kind known",
    "case": "case",
    "unseen": "kind known, pretrained alone",
}


class Measured(NamedTuple):
    """All that the tables show; what is None is left out."""

    metrics: Metrics
    published: Metrics | None = None
    crossval: Crossval | None = None
    ablation: Ablation | None = None
    benchmark: Benchmark | None = None
    serving: Serving | None = None
    many_files: ManyFiles | None = None


def render_results(measured: Measured) -> str:
    """Return the measured tables in Markdown, without the markers."""
    tables = [_figures(measured.metrics, measured.published), NOTE]
    if measured.crossval:
        tables.append(_crossval(measured.crossval))
    if measured.ablation:
        tables.append(_ablation(measured.ablation))
    if measured.benchmark:
        tables.append(_times(measured.benchmark))
    if measured.serving:
        tables.append(_serving(measured.serving))
    if measured.many_files:
        tables.append(_many_files(measured.many_files))
    return "\n\n".join(tables)


def _figures(metrics: Metrics, published: Metrics | None) -> str:
    header = ["figure", "default split", "95 % interval", "rows"]
    columns = [list(row) for row in table_rows(metrics)]
    if published:
        header += ["published split", "95 % interval", "rows", "published weights"]
        for line, key, row in zip(columns, NAMES, table_rows(published), strict=True):
            line += [*row[1:], format_value(key, PUBLISHED_FIGURES.get(key))]
    return markdown_table(header, columns)


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
    return f"{markdown_table(header, rows)}\n\n{said}"


def _serving(serving: Serving) -> str:
    header = ["service, a PNG of 200 x 200", "median", "99th percentile", f"with {serving.clients} clients",
              "start to first answer", "memory"]  # fmt: skip
    rows = []
    sides = {
        "ours": serving.ours,
        "published network behind FastAPI": serving.published,
        "FastAPI that reads nothing": serving.empty,
    }
    for name, side in sides.items():
        times = [f"{side.p50:.1f} ms", f"{side.p99:.1f} ms", f"{side.requests_per_second:,.0f} a second"]
        rows.append([name, *times, f"{side.first_answer_seconds:.1f} s", f"{side.memory:,.0f} MB"])
    said = "`python -m benchmarks.serving`: by turns, each alone on one core."
    return f"{markdown_table(header, rows)}\n\n{said}"


def _many_files(measured: ManyFiles) -> str:
    rate, share = measured.predicted_per_second, measured.predicted_per_second / measured.decoded_per_second
    parts = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in measured.parts.items())
    return (
        f"`python -m benchmarks.predict_files`: `pysar predict` reads {rate:,.0f} files a second of {measured.files:,} "
        f"such pictures, {100 * share:.0f} % of the rate at which the same cores merely decode them. "
        f"On one core alone a file takes {parts}."
    )


def _crossval(crossval: Crossval) -> str:
    header = [f"{crossval.letters:,} letters, {crossval.folds} folds, {len(crossval.seeds)} times", "mean", "spread"]
    rows = []
    for key, name in _CROSSVAL.items():
        figure: Spread = getattr(crossval, key)
        spread = "–" if figure.spread is None else format_value(key, figure.spread)
        rows.append([name, format_value(key, figure.mean), spread])
    said = "`make crossval`: each letter of rukopys is read by networks that learned the other folds."
    return f"{markdown_table(header, rows)}\n\n{said} Calibration is cross-fitted; the spread is that between repeats."


def _ablation(ablation: Ablation) -> str:
    header = ["what is changed", *_ABLATION.values()]
    rows = [[row.words, *(_worth(name, getattr(row, key)) for key in _ABLATION)] for name, row in ablation.rows.items()]
    said = (
        "`python -m benchmarks.ablation`: points against the default, ± the standard error over pairs of answers to "
        f"the same letter of rukopys ({ablation.letters:,}), in five folds; a smaller network on a shortened schedule, "
        "so the default reaches less here than above."
    )
    return f"{markdown_table(header, rows)}\n\n{said}"


def _worth(name: str, worth: Worth) -> str:
    if name == "default":
        return f"{100 * worth.value:.1f} %"
    return f"{worth.points:+.1f} ± {worth.standard_error:.1f}"
