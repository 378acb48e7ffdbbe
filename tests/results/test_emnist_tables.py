"""What a user may rely on: the Latin family's tables hold what the committed run measured."""

import hashlib
import json
from pathlib import Path

import pytest

from src.common.errors import InputError
from src.results.emnist_tables import (
    EmnistMetrics,
    EmnistNetworks,
    details_path,
    emnist_figures,
    emnist_networks,
    read_evaluated,
)
from src.tasks.emnist import PIPELINE, VARIANTS
from tests.metrics_document import FIGURE, MEAN

MERGED = VARIANTS["merged"]


def document(corpus: str = "upstream") -> dict[str, object]:
    shares = dict.fromkeys(("label", "label_kind_known", "label_top3", "unsure", "right_where_sure"), FIGURE)
    means = dict.fromkeys(("label_macro_f1", "label_ece"), MEAN)
    described = {"variant": "merged", "corpus": corpus, "split_mode": "internal", "rows": {"test": 1234}}
    return {**described, **shares, **means}


def folder_with(root: Path, content: bytes, md5: str) -> Path:
    path = details_path(MERGED)
    (root / path).parent.mkdir(parents=True)
    (root / path).write_bytes(content)
    (root / PIPELINE).mkdir(parents=True)
    lock = {"stages": {"evaluate_emnist@merged": {"outs": [{"path": path.as_posix(), "md5": md5}]}}}
    (root / PIPELINE / "dvc.lock").write_text(json.dumps(lock), encoding="utf-8")
    return root


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_a_variants_figures_stand_in_a_row_with_whose_split_it_is() -> None:
    text = emnist_figures([EmnistMetrics.model_validate(document())])
    label = "94.0 % | 90.7 – 96.2"
    assert (
        f"| merged | 36 | 1,234, internal split | {label} | 94.0 % | 94.0 % | 0.031 | 0.031 | 6.0 % | 94.0 % |" in text
    )


RUNS = {"mean": 0.88123, "lowest": 0.88, "highest": 0.883, "accuracy": FIGURE, "numbers": 284_335, "seconds": 90.4,
        "seconds_to_chosen": 60.2, "milliseconds": 0.512, "runs": [{}, {}]}  # fmt: skip
AGAINST = {"points": 2.345, "standard_error": 0.21, "training": 0.456}


def benchmark(**networks: dict[str, object]) -> EmnistNetworks:
    rows = {"train": 13_536, "val": 1504, "test": 3760, "sha256": "ab"}
    return EmnistNetworks.model_validate(
        {
            "variant": "balanced",
            "split_mode": "internal",
            "rows": rows,
            "machine": "cpu",
            "networks": networks,
            "budget": {"seconds": 600.0, "patience": 3},
        }
    )


def test_ours_stands_beside_each_published_network() -> None:
    other = {"words": "LeNet-like CNN", **RUNS, "ours_against_it": AGAINST}
    text = emnist_networks(benchmark(ours={"words": "ours", **RUNS}, lenet_like=other))
    figures = "2 | 88.00 – 88.30 | 90.74 – 96.16 | 284,335"
    assert f"| ours: 88.12 % | {figures} | 90 s | 0.51 ms |  |  |" in text
    assert f"| LeNet-like CNN: 88.12 % | {figures} | 60 s | 0.51 ms | +2.35 ± 0.21 | × 0.46 |" in text
    assert "| balanced | runs | lowest – highest | 95 % interval |" in text
    assert "13,536 train, 1,504 val, 3,760 test; internal split" in text
    assert "machine (cpu), for at most 600 s" in text
    assert "a few epochs" not in text


def test_a_single_run_has_no_spread() -> None:
    text = emnist_networks(benchmark(ours={"words": "ours", **RUNS, "runs": [{}]}))
    assert "| ours: 88.12 % | 1 |  | 90.74 – 96.16 |" in text


def test_what_ours_does_in_a_few_epochs_is_said_of_the_best_network_and_of_each() -> None:
    second = {"points": 0.5, "standard_error": 0.3, "training": 1.04}
    text = emnist_networks(benchmark(
        ours={"words": "ours", **RUNS},
        lenet_like={"words": "LeNet-like CNN", **RUNS, "quick_against_it": AGAINST},
        mnist_net={"words": "MNISTNet", **RUNS, "mean": 0.882, "quick_against_it": second},
    ))  # fmt: skip
    assert "0.50 to 2.35 points ahead of these networks (± 0.30 at most), in 0.46 to 1.04 times their" in text
    assert "best of them is MNISTNet: ours is 0.50 ± 0.30 points ahead of it in 1.04 times its training time." in text


def test_metrics_of_the_committed_run_are_taken_as_they_are(tmp_path: Path) -> None:
    content = json.dumps(document()).encode()
    assert read_evaluated(folder_with(tmp_path, content, md5(content)), MERGED) == content
    assert read_evaluated(tmp_path, VARIANTS["mnist"]) is None


def test_metrics_of_another_run_are_refused(tmp_path: Path) -> None:
    root = folder_with(tmp_path, json.dumps(document()).encode(), "0" * 32)
    with pytest.raises(InputError, match=r"not what pipelines/emnist/dvc\.lock says"):
        read_evaluated(root, MERGED)


def test_metrics_of_the_sample_are_never_shown(tmp_path: Path) -> None:
    content = json.dumps(document("sample")).encode()
    with pytest.raises(InputError, match="embedded sample"):
        read_evaluated(folder_with(tmp_path, content, md5(content)), MERGED)
