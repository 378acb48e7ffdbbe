"""What a user may rely on: the command trains ours and the others on the same rows, once, and shows them together."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from benchmarks.emnist import main
from src.tasks.emnist import VARIANTS
from src.tasks.emnist_params import PARAMS_FILE
from tests.benchmarks.emnist_files import write_params, write_rows

RESULT = Path("benchmarks/results/emnist-mnist.json")
KEPT = Path("reports/emnist_networks/mnist/ours-1.json")


@pytest.fixture(autouse=True)
def at_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path, epochs=1, batch_size=16)
    write_rows(VARIANTS["mnist"], {"train": 14, "val": 2, "test": 4})


def run(*names: str, runs: int = 1) -> Result:
    arguments = ["mnist", *names, "--runs", str(runs), "--seconds", "0"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_all_networks_are_written_side_by_side_with_ours_against_each() -> None:
    run()
    document = json.loads(RESULT.read_text("utf-8"))
    assert document["split_mode"] == "internal"
    assert [document["rows"][split] for split in ("train", "val", "test")] == [140, 20, 40]
    networks = document["networks"]
    assert list(networks) == ["ours", "quick", "lenet_like", "custom_cnn", "resnet34", "mnist_net", "two_block_cnn"]
    published = [row for name, row in networks.items() if name not in ("ours", "quick")]
    assert all("points" in row[f"{own}_against_it"] for row in published for own in ("ours", "quick"))


def test_more_runs_of_one_network_are_added_to_the_result() -> None:
    run()
    run("quick", runs=2)
    networks = json.loads(RESULT.read_text("utf-8"))["networks"]
    assert [each["seed"] for each in networks.pop("quick")["runs"]] == [1, 2]
    assert all([each["seed"] for each in row["runs"]] == [1] for row in networks.values())


def test_a_kept_run_is_used_again_until_what_it_was_made_with_changes() -> None:
    run("ours")
    document = json.loads(KEPT.read_text("utf-8"))
    marked = {**document, "run": {**document["run"], "numbers": 7}}
    KEPT.write_text(json.dumps(marked), encoding="utf-8")
    run("ours")
    assert json.loads(KEPT.read_text("utf-8")) == marked
    PARAMS_FILE.write_text(PARAMS_FILE.read_text("utf-8").replace("batch_size: 16", "batch_size: 8"), "utf-8")
    run("ours")
    assert json.loads(KEPT.read_text("utf-8"))["run"]["numbers"] == document["run"]["numbers"]


def test_a_trial_of_fewer_networks_writes_no_result() -> None:
    run("lenet_like")
    assert not RESULT.exists()


def test_numbers_near_zero_are_what_they_were_after_it() -> None:
    run("ours")
    assert (torch.tensor([1e-40]) * 1).item() > 0
