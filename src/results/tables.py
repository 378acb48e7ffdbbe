"""What README and the manual say of measured files, in Markdown."""

from src.common.markdown_table import markdown_table
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Papers, Serving, Spread, Worth
from src.results.published import PUBLISHED_FIGURES
from src.results.run import NAMES, Metrics, format_value, table_rows

_CROSSVAL = {
    "label": "label, all 43",
    "label_kind_known": "label, kind known",
    "label_top3": "label, among the top three",
    "case_paired": "case, letters of two cases",
    "label_ece": "label, calibration (ECE)",
}
_PAPERS = {
    "blank": "black ink on white",
    "shade": "coloured ink, uneven light",
    "shadow": "the edge of a shadow",
    "ruled": "ruled",
    "squared": "squared",
    "graph": "graph paper",
    "cell": "a form's cell with its lines",
    "dust": "ten specks of dust",
}
_ABLATION = {
    "label": "label, all 43",
    "kind_known": "kind known",
    "case": "case",
    "unseen": "kind known, pretrained alone",
}


def headline(metrics: Metrics) -> str:
    """Return the three lines of results that README shows."""
    value = {key: format_value(key, figure.value) for key, figure in metrics.figures.items()}
    rows = {key: f"{figure.n:,}" for key, figure in metrics.figures.items()}
    test = (
        f"- **Test pictures**: it reads {value['label']} of {rows['label']} letters and digits right, and "
        f"{value['label_kind_known']} if you tell it which of the two each one is. "
        f"For {value['label_top3']} the right answer is among its three best guesses."
    )
    unseen = (
        f"- **Unseen hands**: of {rows['unseen']} letters by people who wrote none of its training pictures, the same "
        f"three figures are {value['unseen']}, {value['unseen_kind_known']} and {value['unseen_top3']}."
    )
    case = (
        f"- **Case and digits**: it gets the case of {value['case_letters']} of {rows['case_letters']} test letters "
        f"right, and reads {value['mnist_test']} of MNIST's {rows['mnist_test']} test digits."
    )
    return f"{test}\n{unseen}\n{case}"


def figures(metrics: Metrics, published: Metrics | None) -> str:
    """Return the table of all figures, with those of the published split beside them where they were measured."""
    header = ["figure", "default split", "95 % interval", "rows"]
    columns = [list(row) for row in table_rows(metrics)]
    if published:
        header += ["published split", "95 % interval", "rows", "published weights"]
        for line, key, row in zip(columns, NAMES, table_rows(published), strict=True):
            line += [*row[1:], format_value(key, PUBLISHED_FIGURES.get(key))]
    return markdown_table(header, columns)


def pretraining(benchmark: Benchmark) -> str:
    """Return how our pretraining on MNIST and the published recipe compare."""
    header = ["pretraining on MNIST", "epochs", "time", "MNIST test file", "95 % interval"]
    rows = []
    for name, run in (("ours", benchmark.ours), ("published recipe", benchmark.published)):
        interval = f"{100 * run.low:.2f} – {100 * run.high:.2f}"
        rows.append([name, str(run.epochs), f"{run.seconds:,.0f} s", f"{100 * run.value:.2f} %", interval])
    ratio = benchmark.published.seconds / benchmark.ours.seconds
    said = (
        f"One run of `python -m benchmarks.pretrain` on {benchmark.machine}, with denormal numbers flushed to zero "
        f"for both. Ours takes 1/{ratio:.1f} of the time."
    )
    return f"{markdown_table(header, rows)}\n\n{said}"


def serving(measured: Serving) -> str:
    """Return how fast the service answers, beside the published network and beside a service that reads nothing."""
    header = ["service, a PNG of 200 x 200", "median", "99th percentile", f"with {measured.clients} clients",
              "start to first answer", "memory"]  # fmt: skip
    rows = []
    sides = {
        "ours": measured.ours,
        "published network behind FastAPI": measured.published,
        "FastAPI that reads nothing": measured.empty,
    }
    for name, side in sides.items():
        times = [f"{side.p50:.1f} ms", f"{side.p99:.1f} ms", f"{side.requests_per_second:,.0f} a second"]
        rows.append([name, *times, f"{side.first_answer_seconds:.1f} s", f"{side.memory:,.0f} MB"])
    said = "`python -m benchmarks.serving` runs them in turn, each alone on one core."
    return f"{markdown_table(header, rows)}\n\n{said}"


def many_files(measured: ManyFiles) -> str:
    """Return how fast `pysar predict` reads a folder."""
    rate, share = measured.predicted_per_second, measured.predicted_per_second / measured.decoded_per_second
    parts = ", ".join(f"{name} {milliseconds:.2f} ms" for name, milliseconds in measured.parts.items())
    return (
        f"`pysar predict` reads {rate:,.0f} files a second of {measured.files:,} such pictures, {100 * share:.0f} % of "
        "the rate at which the same cores can only decode them. "
        f"One core alone spends on each file: {parts}. `python -m benchmarks.predict_files` measured this."
    )


def crossval(measured: Crossval) -> str:
    """Return the means over the folds and their spread."""
    header = [f"{measured.letters:,} letters, {measured.folds} folds, {len(measured.seeds)} times", "mean", "spread"]
    rows = []
    for key, name in _CROSSVAL.items():
        figure: Spread = getattr(measured, key)
        spread = "–" if figure.spread is None else format_value(key, figure.spread)
        rows.append([name, format_value(key, figure.mean), spread])
    return markdown_table(header, rows)


def papers(measured: Papers) -> str:
    """Return how the same letters are read on each kind of paper."""
    header = [f"{measured.letters:,} letters of unseen hands", "kind known", "refused", "costs, points"]
    rows = []
    for name, words in _PAPERS.items():
        own = measured.papers[name]
        cost = "–" if name == "blank" else f"{own.points:.1f} ± {own.standard_error:.1f}"
        rows.append([words, f"{100 * own.right:.1f} %", f"{100 * own.refused:.1f} %", cost])
    return markdown_table(header, rows)


def ablation(measured: Ablation) -> str:
    """Return what each part of the method is worth, in points."""
    header = ["what is changed", *_ABLATION.values()]
    rows = [[row.words, *(_worth(name, getattr(row, key)) for key in _ABLATION)] for name, row in measured.rows.items()]
    said = (
        "`python -m benchmarks.ablation` trains a smaller network on a shortened schedule, so its default reads less "
        "well than the model itself. Points are against that default; ± is the standard error over pairs of answers "
        f"to the same letter of rukopys ({measured.letters:,} letters, five folds)."
    )
    return f"{markdown_table(header, rows)}\n\n{said}"


def _worth(name: str, worth: Worth) -> str:
    if name == "default":
        return f"{100 * worth.value:.1f} %"
    return f"{worth.points:+.1f} ± {worth.standard_error:.1f}"
