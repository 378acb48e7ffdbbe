"""What a user may rely on: the command trains ours and the others on the same rows, once, and shows them together."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from benchmarks.emnist import choose_params, main
from benchmarks.emnist_rows import CHARACTERS
from src.errors import InputError
from tests.benchmarks.emnist_files import write_byclass

EXAMPLE = Path(__file__).parents[1] / "example_params.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "params.yaml")
    write_byclass(tmp_path / "data/raw/emnist", dict.fromkeys(CHARACTERS, 20))
    return tmp_path


def run(*arguments: str) -> Result:
    short = ("--runs", "1", "--seconds", "0", "--set", "pretrain.epochs=1")
    return CliRunner().invoke(main, [*arguments, *short], catch_exceptions=False)


def test_all_networks_are_written_side_by_side_with_ours_against_each(root: Path) -> None:
    result = run("mnist")
    assert result.exit_code == 0, result.output
    document = json.loads((root / "benchmarks/results/emnist-mnist.json").read_text("utf-8"))
    assert document["split"] == "internal"
    assert document["rows"]["train"] + document["rows"]["val"] + document["rows"]["test"] == 200
    networks = document["networks"]
    assert list(networks) == ["ours", "lenet_like", "custom_cnn", "resnet34", "mnist_net", "two_block_cnn"]
    assert all("points" in row["ours_against_it"] for name, row in networks.items() if name != "ours")


def test_a_kept_run_is_used_again_until_what_it_was_made_with_changes(root: Path) -> None:
    path = root / "reports/emnist_networks/mnist-10/ours-1.json"
    result = run("mnist", "ours", "--at-most", "10")
    assert result.exit_code == 0, result.output
    document = json.loads(path.read_text("utf-8"))
    marked = {**document, "run": {**document["run"], "numbers": 7}}
    path.write_text(json.dumps(marked), encoding="utf-8")
    assert run("mnist", "ours", "--at-most", "10").exit_code == 0
    assert json.loads(path.read_text("utf-8")) == marked
    assert run("mnist", "ours", "--at-most", "10", "--set", "pretrain.batch_size=8").exit_code == 0
    assert json.loads(path.read_text("utf-8"))["run"]["numbers"] == document["run"]["numbers"]


def test_a_trial_on_fewer_rows_or_networks_writes_no_result(root: Path) -> None:
    assert run("mnist", "lenet_like").exit_code == 0
    assert not (root / "benchmarks/results").exists()


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("pretrain.epoch=3", "has no number pretrain.epoch; correct"),
        ("pretrain.epochs=many", "many is no number; give NAME=NUMBER"),
        ("pretrain.epochs", "nothing is no number"),
        ("pretrain.epochs=-1", "greater than or equal to 1"),
    ],
)
def test_a_value_that_cannot_be_set_is_an_error_that_says_why(value: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        choose_params(EXAMPLE, [value])
