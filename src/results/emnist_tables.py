"""The Latin family's tables: each variant's figures, and ours beside the published networks."""

from pathlib import Path
from typing import Literal

from src.common.errors import InputError
from src.common.markdown_table import markdown_table
from src.results.documents import Frozen
from src.results.run import Figure, format_value
from src.tasks.emnist import PIPELINE, VARIANTS, SplitMode, Variant
from src.workspace.repository import read_locked


class EmnistMetrics(Frozen):
    """What `evaluate_emnist` found, as far as the table shows it."""

    variant: str
    corpus: Literal["upstream", "sample"]
    split_mode: SplitMode
    rows: dict[str, int]
    label: Figure
    label_kind_known: Figure
    label_top3: Figure
    label_macro_f1: Figure
    label_ece: Figure
    unsure: Figure
    right_where_sure: Figure


class Against(Frozen):
    """By how many points ours is ahead of a network, and its training time as a share of that network's."""

    points: float
    standard_error: float
    training: float


class NetworkRuns(Frozen):
    """The runs of one network: accuracies on the test rows, medians of seconds and milliseconds.

    accuracy: Of the median run.
    quick_against_it: Of ours, trained for a few epochs.
    """

    words: str
    accuracy: Figure
    mean: float
    lowest: float
    highest: float
    numbers: int
    seconds: float
    seconds_to_chosen: float
    milliseconds: float
    runs: list[dict[str, object]]
    ours_against_it: Against | None = None
    quick_against_it: Against | None = None


class Budget(Frozen):
    """The most seconds that a network was trained for."""

    seconds: float


class EmnistNetworks(Frozen):
    """What `python -m benchmarks.emnist` found of a variant."""

    variant: str
    split_mode: SplitMode
    rows: dict[str, int | str]
    machine: str
    budget: Budget
    networks: dict[str, NetworkRuns]


def details_path(variant: Variant) -> Path:
    """Return where `evaluate_emnist` writes a variant's metrics."""
    return variant.reports / "evaluate" / "details.json"


def read_evaluated(root: Path, variant: Variant) -> bytes | None:
    """Return the bytes of a variant's metrics in the workspace, None where there are none.

    Raises:
        InputError: They are not what the pipeline's dvc.lock says, or of the embedded sample.
    """
    path = details_path(variant)
    if not (root / path).is_file():
        return None
    content = read_locked(root, PIPELINE, f"evaluate_emnist@{variant.name}", path, "make emnist")
    if EmnistMetrics.model_validate_json(content).corpus != "upstream":
        raise InputError(f"{path}: is of the embedded sample; the manual shows figures of upstream's data only")
    return content


def emnist_figures(metrics: list[EmnistMetrics]) -> str:
    """Return one row of figures a variant."""
    header = ["variant", "labels", "test rows", "label", "95 % interval", "kind known", "top three", "macro F1", "ECE",
              "sure", "right where sure"]  # fmt: skip
    rows = []
    for each in metrics:
        label, sure = each.label, 1 - (each.unsure.value or 0)
        rows.append([
            each.variant, str(len(VARIANTS[each.variant].alphabet)), f"{each.rows['test']:,}, {each.split_mode} split",
            format_value("label", label.value), f"{100 * label.low:.1f} – {100 * label.high:.1f}",
            *(format_value("label", figure.value) for figure in (each.label_kind_known, each.label_top3)),
            f"{each.label_macro_f1.value:.3f}", format_value("label_ece", each.label_ece.value),
            *(format_value("label", share) for share in (sure, each.right_where_sure.value)),
        ])  # fmt: skip
    return markdown_table(header, rows)


def emnist_networks(benchmark: EmnistNetworks) -> str:
    """Return the table of a variant's networks, ours first, and what it says in words."""
    header = [benchmark.variant, "runs", "lowest – highest", "95 % interval", "numbers",
              "training, to the chosen epoch", "one picture", "ours is ahead by", "training time of ours"]  # fmt: skip
    rows = []
    for runs in benchmark.networks.values():
        against = runs.ours_against_it
        # Of ours all the training counts, for its epochs are planned; of the others that to the chosen epoch.
        seconds = runs.seconds if against is None else runs.seconds_to_chosen
        count, interval = len(runs.runs), runs.accuracy
        rows.append([
            f"{runs.words}: {100 * runs.mean:.2f} %", str(count),
            f"{100 * runs.lowest:.2f} – {100 * runs.highest:.2f}" if count > 1 else "",
            f"{100 * interval.low:.2f} – {100 * interval.high:.2f}", f"{runs.numbers:,}",
            f"{seconds:,.0f} s", f"{runs.milliseconds:.2f} ms",
            f"{against.points:+.2f} ± {against.standard_error:.2f}" if against else "",
            f"× {against.training:.2f}" if against else "",
        ])  # fmt: skip
    counts = ", ".join(f"{benchmark.rows[split]:,} {split}" for split in ("train", "val", "test"))
    said = (
        f"`python -m benchmarks.emnist {benchmark.variant}` trained each network on the same rows ({counts}; "
        f"{benchmark.split_mode} split) and the same machine ({benchmark.machine}), for at most "
        f"{benchmark.budget.seconds:.0f} s. Accuracies are means of the runs; the interval is that of the median run. "
        "Points ahead carry the standard error over pairs of answers to the same row."
    )
    return f"{markdown_table(header, rows)}\n\n{said}{_quick(benchmark)}"


def _quick(benchmark: EmnistNetworks) -> str:
    """Say how ours does after a few epochs against the published networks; nothing if it was not trained so."""
    published = [(runs, runs.quick_against_it) for runs in benchmark.networks.values() if runs.quick_against_it]
    if not published:
        return ""
    each = [against for _, against in published]
    points, training = ([getattr(one, name) for one in each] for name in ("points", "training"))
    error = max(one.standard_error for one in each)
    best, against = max(published, key=lambda pair: pair[0].mean)
    return (
        f" Trained for a few epochs only, ours is still {min(points):.2f} to {max(points):.2f} points ahead of these "
        f"networks (± {error:.2f} at most), in {min(training):.2f} to {max(training):.2f} times their training time. "
        f"The best of them is {best.words}: ours is {against.points:.2f} ± {against.standard_error:.2f} points ahead "
        f"of it in {against.training:.2f} times its training time."
    )
