"""What a user may rely on: README's lines and the manual's tables say what the measured files hold."""

from src.results import tables
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Serving
from src.results.run import NAMES
from tests.metrics_document import metrics


def test_readme_shows_three_lines_of_results() -> None:
    lines = tables.headline(metrics()).splitlines()
    assert [line.partition("**:")[0] for line in lines] == [
        "- **Test pictures",
        "- **Unseen hands",
        "- **Case and digits",
    ]
    assert "reads 94.0 % of 300 letters and digits" in lines[0]
    assert "reads 94.00 % of MNIST's 300 test digits" in lines[2]


def test_the_table_of_figures_holds_each_of_them_beside_the_published_ones() -> None:
    text = tables.figures(metrics(), metrics(mode="published"))
    assert {line.count("|") for line in text.splitlines()} == {9}
    assert all(name in text for name in NAMES.values())
    assert "| case, letters | 94.0 % | 90.7 – 96.2 | 282 of 300 | 94.0 % | 90.7 – 96.2 | 282 of 300 | 88.4 % |" in text
    assert "published split" not in tables.figures(metrics(), None)


def test_pretraining_says_how_much_less_time_ours_takes() -> None:
    def training(seconds: float) -> dict[str, float]:
        return {
            "epochs": 12, "seconds": seconds, "right": 9955, "n": 10000, "value": 0.9955, "low": 0.994, "high": 0.9966
        }  # fmt: skip

    benchmark = {"ours": training(100.0), "published": training(1250.0), "machine": "cpu, x86_64"}
    assert "1/12.5" in tables.pretraining(Benchmark.model_validate(benchmark))


def test_the_service_stands_beside_one_that_reads_nothing() -> None:
    figures = {"p50": 2.04, "p99": 4.3, "requests_per_second": 1508.7, "first_answer_seconds": 0.69, "memory": 129.2}
    sides = dict.fromkeys(("ours", "published", "empty"), figures)
    text = tables.serving(Serving.model_validate({"clients": 32} | sides))
    assert "| ours | 2.0 ms | 4.3 ms | 1,509 a second | 0.7 s | 129 MB |" in text
    assert "| FastAPI that reads nothing | 2.0 ms | 4.3 ms |" in text


def test_reading_many_files_is_compared_with_decoding_them() -> None:
    text = tables.many_files(
        ManyFiles(files=10_000, predicted_per_second=900.4, decoded_per_second=2000.0, parts={"decode": 0.3})
    )
    assert "900 files a second of 10,000 such pictures, 45 % of the rate" in text
    assert "on each file: decode 0.30 ms." in text


def test_cross_validation_shows_means_and_spreads() -> None:
    spread = {"mean": 0.95, "spread": 0.004}
    names = ("label", "label_kind_known", "label_top3", "case_paired", "label_ece")
    text = tables.crossval(Crossval.model_validate(
        {"corpus": "upstream", "letters": 1081, "folds": 5, "seeds": [1, 2, 3], **dict.fromkeys(names, spread)}
    ))  # fmt: skip
    assert "| 1,081 letters, 5 folds, 3 times | mean | spread |" in text
    assert "| label, kind known | 95.0 % | 0.4 % |" in text
    assert "| label, calibration (ECE) | 0.950 | 0.004 |" in text


def test_ablation_shows_the_default_as_shares_and_changes_as_points() -> None:
    worth = {"value": 0.912, "points": -2.34, "standard_error": 0.56}
    row = dict.fromkeys(("label", "kind_known", "case", "unseen"), worth)
    rows = {"default": {"words": "as it is", **row}, "no_ema": {"words": "no EMA", **row}}
    text = tables.ablation(Ablation.model_validate({"letters": 1081, "rows": rows}))
    assert "| as it is | 91.2 % | 91.2 % | 91.2 % | 91.2 % |" in text
    assert "| no EMA | -2.3 ± 0.6 | -2.3 ± 0.6 | -2.3 ± 0.6 | -2.3 ± 0.6 |" in text
