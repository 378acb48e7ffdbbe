import subprocess
import sys
from pathlib import Path

import pandas as pd
import psutil
import pytest
import torch
from click.testing import CliRunner
from mlflow import MlflowClient
from mlflow.entities import Run

from src.common.errors import WorkError
from src.config.paths import PRETRAINED
from src.models.pretrain import CURVES, DETAILS, main
from src.models.training.device import Machine
from src.models.training.distributed import _others_may_end, check_equal, of_first
from tests.free_port import free_port
from tests.models import double_precision, dying_pretrain
from tests.models.together import (
    PARAMS,
    PATIENCE_SECONDS,
    ROOT,
    TORCHRUN,
    environment,
    fill_folder,
    train_together,
    wait_for_end,
)

JOIN = """\
from src.models.training.distributed import joined_machine
from src.config.sections import Compute
print("joining", flush=True)
with joined_machine(Compute(device="cpu", precision="float32")):
    pass
"""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder in which two processes have pretrained, and nothing disturbed them."""
    folder = tmp_path_factory.mktemp("together") / "two processes"
    fill_folder(folder)
    train_together(folder, root)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill_folder(tmp_path / tmp_path.name)
    return tmp_path / tmp_path.name


def tracked_runs(store: Path, folder: Path) -> list[Run]:
    client = MlflowClient(f"sqlite:///{store}/mlflow.db")
    experiment = client.get_experiment_by_name(folder.name)
    assert experiment is not None
    return list(client.search_runs([experiment.experiment_id]))


def environment_of(rank: int, port: int) -> dict[str, str]:
    """Return what torchrun tells one of two processes, which may be on two machines."""
    return {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}


def test_two_processes_learn_as_one_does(tmp_path: Path) -> None:
    alone, shared = tmp_path / "alone.pt", tmp_path / "shared.pt"
    double_precision.main(alone)
    command = [*TORCHRUN, "-m", double_precision.__name__, str(shared)]
    subprocess.run(command, cwd=ROOT, env=environment(tmp_path, tmp_path), check=True, timeout=PATIENCE_SECONDS)
    torch.testing.assert_close(torch.load(shared), torch.load(alone), rtol=1e-6, atol=1e-9)


def test_a_stage_in_two_processes_has_the_curve_of_one(
    together: Path, folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for name, value in environment(folder, root).items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main)
    assert result.exit_code == 0, result.output
    losses = [pd.read_csv(place / CURVES)[["epoch", "train_loss", "val_loss"]] for place in (together, folder)]
    pd.testing.assert_frame_equal(losses[0], losses[1], rtol=1e-3)  # float32, rounded in another order


def test_only_one_process_writes_files_and_is_tracked(together: Path, root: Path) -> None:
    given = {"data", "params.yaml", "mlartifacts"}
    files = {path.relative_to(together) for path in together.rglob("*") if path.is_file()}
    assert {path for path in files if path.parts[0] not in given} == {PRETRAINED, CURVES, DETAILS}
    (run,) = tracked_runs(root, together)
    assert run.info.status == "FINISHED"
    losses = MlflowClient(f"sqlite:///{root}/mlflow.db").get_metric_history(run.info.run_id, "val_loss")
    assert [metric.step for metric in losses] == list(range(1, PARAMS.pretrain.epochs + 1))


def test_a_training_one_of_whose_processes_is_killed_goes_on_to_the_same_bytes(
    together: Path, folder: Path, root: Path
) -> None:
    said = train_together(folder, root, "--max-restarts", "1", module=dying_pretrain.__name__)
    assert (folder / dying_pretrain.DIED).exists()
    assert said.count(f"pretrain goes on after epoch {dying_pretrain.SAVED} of {PARAMS.pretrain.epochs}") == 1
    for output in (PRETRAINED, CURVES, DETAILS):
        assert (folder / output).read_bytes() == (together / output).read_bytes()
    assert [run.info.status for run in tracked_runs(root, folder)] == ["FINISHED"]


def test_a_process_whose_torchrun_was_killed_ends(tmp_path: Path) -> None:
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {JOIN!r}])"
    variables = environment(tmp_path, tmp_path, **environment_of(0, free_port()))
    with subprocess.Popen([sys.executable, "-c", script], env=variables, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"joining\n"  # and waits for the other, who never comes
        (child,) = psutil.Process(parent.pid).children()
        parent.kill()
        wait_for_end(child)


def test_machines_of_different_params_do_not_learn_together(folder: Path, root: Path) -> None:
    other, port = folder.parent / "other", free_port()
    fill_folder(other, PARAMS.with_values({"pretrain.learning_rate": 0.002}))
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "src.models.pretrain"], cwd=place, stderr=subprocess.PIPE, text=True,
            env=environment(place, root, **environment_of(rank, port)),
        )
        for rank, place in enumerate((folder, other))
    ]  # fmt: skip
    errors = [process.communicate(timeout=PATIENCE_SECONDS)[1] for process in processes]
    assert [process.returncode for process in processes] == [2, 2]
    assert all("Error: the processes have different params, data or code" in each for each in errors)


def test_what_gloo_says_of_a_process_that_ended_becomes_one_line() -> None:
    said = "[/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:545] Read error: Connection reset by peer"
    with pytest.raises(WorkError, match="another process of this training has ended"), _others_may_end():
        raise RuntimeError(said)
    with pytest.raises(RuntimeError, match="mat1 and mat2"), _others_may_end():
        torch.ones(2, 3) @ torch.ones(2, 3)


def test_one_process_asks_no_others() -> None:
    machine = Machine(torch.device("cpu"), bfloat16=False)
    assert of_first("its own", machine) == "its own"
    check_equal("any key", machine)
