"""What a user may rely on: accuracies come with interval and spread, and ours is compared row by row."""

import numpy as np
import pytest

from benchmarks.emnist_summary import OURS, QUICK, Run, compare, results_table, summarise

BASE = Run(1, 100, 20.0, 10.0, 4, 2, 0.5, 1000.0, 10, [0], [[10.0, 0.1, 0.9]])
OTHER = [BASE._replace(seed=seed, numbers=400, wrong=wrong, seconds_to_chosen=40.0, milliseconds=1.0)
         for seed, wrong in ((1, [0, 1, 2]), (2, [0, 1]), (3, [0, 1, 2, 3]))]  # fmt: skip


def test_accuracy_is_that_of_the_median_run_with_the_spread_between_runs() -> None:
    row = summarise({"lenet_like": OTHER})["lenet_like"]
    assert row["accuracy"]["right"] == 7
    assert row["accuracy"]["low"] < 0.7 < row["accuracy"]["high"]
    assert (row["lowest"], row["highest"], row["spread_points"]) == (0.6, 0.8, 20.0)
    assert row["mean"] == pytest.approx(0.7)
    assert [run["seed"] for run in row["runs"]] == [1, 2, 3]


def test_ours_is_compared_in_pairs_and_with_the_other_only_until_its_chosen_epoch() -> None:
    ours = [BASE, BASE._replace(seed=2, wrong=[5])]
    against = compare(ours, OTHER)
    own = np.array([0.5, 1, 1, 1, 1, 0.5, 1, 1, 1, 1])
    other = np.array([0, 0, 1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1])
    difference = 100 * (own - other)
    assert against["points"] == pytest.approx(20.0)
    assert against["standard_error"] == pytest.approx(difference.std(ddof=1) / np.sqrt(10), abs=1e-3)
    assert against["training"] == 0.5
    assert against["numbers"] == 0.25
    assert against["one_picture"] == 0.5


def test_without_ours_nothing_is_compared_and_the_table_is_there() -> None:
    summary = summarise({"lenet_like": OTHER})
    assert "ours_against_it" not in summary["lenet_like"]
    assert results_table(summary, {"lenet_like": "LeNet-like CNN"}, "title").row_count == 1


def test_the_table_has_ours_and_each_other() -> None:
    summary = summarise({OURS: [BASE], "lenet_like": OTHER})
    table = results_table(summary, {OURS: "ours", "lenet_like": "LeNet-like CNN"}, "title")
    assert list(table.columns[0].cells) == ["ours", "LeNet-like CNN"]
    assert list(table.columns[1].cells) == ["1", "3"]
    assert list(table.columns[-3].cells) == ["", "x 0.50"]


def test_ours_in_a_few_epochs_is_compared_with_the_published_networks_only() -> None:
    summary = summarise({OURS: [BASE], QUICK: [BASE._replace(seconds=4.0)], "lenet_like": OTHER})
    assert summary["lenet_like"]["quick_against_it"]["training"] == 0.1
    assert not any(f"{own}_against_it" in summary[name] for own in (OURS, QUICK) for name in (OURS, QUICK))
    table = results_table(summary, {OURS: "ours", QUICK: "ours in 4 epochs", "lenet_like": "LeNet-like CNN"}, "title")
    assert list(table.columns[-1].cells) == ["", "", "x 0.10"]
