from pathlib import Path

import pytest
import torch

from src.models import checkpoint as module
from src.models.checkpoint import Checkpoint


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    (tmp_path / "table").write_bytes(b"rows")
    return tmp_path


def make(root: Path, *, rate: float = 0.1, machine: str = "this machine") -> Checkpoint:
    return Checkpoint("pretrain", {"pretrain": {"learning_rate": rate}}, [root / "table"], machine)


def test_what_was_saved_comes_back_until_it_is_removed(root: Path) -> None:
    make(root).save({"weights": torch.arange(3), "history": [{"val_loss": 1.5}]})
    state = make(root).load()
    assert state is not None
    assert state["weights"].tolist() == [0, 1, 2]
    assert state["history"] == [{"val_loss": 1.5}]
    make(root).remove()
    assert make(root).load() is None


def test_another_param_or_machine_never_resumes(root: Path) -> None:
    make(root).save({"epoch": 1})
    assert make(root, rate=0.2).load() is None
    assert make(root, machine="another").load() is None


def test_other_data_never_resume(root: Path) -> None:
    make(root).save({"epoch": 1})
    (root / "table").write_bytes(b"other rows")
    assert make(root).load() is None


def test_other_code_never_resumes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(root).save({"epoch": 1})
    code = root / "code"
    code.mkdir()
    (code / "network.py").write_text("changed = True\n")
    monkeypatch.setattr(module, "_CODE_FOLDERS", (code,))
    assert make(root).load() is None


def test_a_broken_checkpoint_is_not_resumed(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    checkpoint = make(root)
    checkpoint.save({"epoch": 1})
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:100])
    assert checkpoint.load() is None
    assert "training starts anew" in caplog.text


def test_checkpoints_lie_under_dvc_s_root_wherever_the_stage_runs(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert make(root).path.is_relative_to(root / ".pysar" / "checkpoints")
