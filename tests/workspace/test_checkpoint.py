import errno
import fcntl
import hashlib
import io
import multiprocessing
import os
import re
import time
from collections.abc import Iterator
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event as EventClass
from pathlib import Path

import numpy as np
import pytest
import torch

from src.workspace.checkpoint import Checkpoint
from tests.full_disk import largest_file
from tests.tracking.tracked import one_warning


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


@pytest.mark.parametrize("path", ["code/network.py", "code/deep/new.py", "loop.py"])
def test_other_code_of_the_stage_never_resumes(path: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    write_pipeline(root)
    make(root).save({"epoch": 1})
    assert make(root).load() == {"epoch": 1}
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("changed = True\n")
    assert make(root).load() is None


@pytest.mark.parametrize("path", ["other.py", "code/__pycache__/network.cpython-311.pyc"])
def test_code_that_the_stage_does_not_read_throws_no_training_away(
    path: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    write_pipeline(root)
    make(root).save({"epoch": 1})
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("changed = True\n")
    assert make(root).load() == {"epoch": 1}


def write_pipeline(root: Path) -> None:
    """Make a folder the root of a pipeline whose stage reads code of two kinds."""
    (root / "dvc.yaml").write_text("stages: {pretrain: {cmd: x, deps: [code, loop.py, table]}}")
    (root / "code").mkdir()
    for path in ("code/network.py", "loop.py", "other.py"):
        (root / path).write_text("changed = False\n")


def test_a_broken_checkpoint_is_not_resumed(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    checkpoint = make(root)
    checkpoint.save({"epoch": 1})
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:100])
    assert checkpoint.load() is None
    assert "training starts anew" in one_warning(caplog)
    assert [path.suffix for path in checkpoint.path.parent.iterdir()] == [".damaged"]
    assert checkpoint.load() is None  # and no more is said of it
    one_warning(caplog)


def test_no_mutation_of_a_checkpoint_is_resumed_or_raises(root: Path) -> None:
    checkpoint, generator = make(root), np.random.default_rng(1)
    checkpoint.save({"weights": torch.arange(100), "history": [{"val_loss": 1.5}], "run_id": "a" * 32})
    whole = checkpoint.path.read_bytes()
    for content in mutations(whole, generator):
        checkpoint.path.write_bytes(content)
        assert checkpoint.load() is None


def test_a_mutated_checkpoint_whose_hash_is_right_never_raises(root: Path) -> None:
    checkpoint, generator, refused = make(root), np.random.default_rng(2), 0
    checkpoint.save({"weights": torch.arange(100), "history": [{"val_loss": 1.5}], "run_id": "a" * 32})
    whole = checkpoint.path.read_bytes()[32:]
    for content in mutations(whole, generator, rounds=40):
        seal(checkpoint, content)
        loaded = checkpoint.load()
        assert loaded is None or isinstance(loaded, dict)
        assert checkpoint.path.exists() == (loaded is not None)
        refused += loaded is None
    assert refused > 40


@pytest.mark.parametrize("foreign", [Path("a class that torch does not read"), [1, 2], None])
def test_what_is_no_state_is_set_aside_with_one_line(
    root: Path, foreign: object, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoint, content = make(root), io.BytesIO()
    torch.save(foreign, content)
    checkpoint.path.parent.mkdir(parents=True)
    seal(checkpoint, content.getvalue())
    assert checkpoint.load() is None
    assert "training starts anew" in one_warning(caplog)
    assert [path.suffix for path in checkpoint.path.parent.iterdir()] == [".damaged"]


def seal(checkpoint: Checkpoint, content: bytes) -> None:
    """Write what torch may or may not read, after the hash that a checkpoint has."""
    checkpoint.path.write_bytes(hashlib.sha256(content).digest() + content)


@pytest.mark.parametrize("foreign", [{}, {"epoch": 1}, [1, 2]])
def test_a_file_of_torch_that_is_no_checkpoint_of_ours_is_not_resumed(root: Path, foreign: object) -> None:
    checkpoint = make(root)
    checkpoint.path.parent.mkdir(parents=True)
    torch.save(foreign, checkpoint.path)
    assert checkpoint.load() is None


def mutations(whole: bytes, generator: np.random.Generator, rounds: int = 300) -> Iterator[bytes]:
    """Yield a file cut, with bits turned, with a part gone, doubled, or put in another's place."""
    yield b""
    for _ in range(rounds):
        first, second = sorted(int(place) for place in generator.integers(1, len(whole), 2))
        yield whole[:first]
        turned = bytearray(whole)
        turned[first] ^= int(generator.integers(1, 256))
        yield bytes(turned)
        yield whole[: first - 1] + whole[second:]
        yield whole[:second] + whole[first - 1 :]
        yield whole + whole[:first]


def test_a_full_disk_leaves_the_last_checkpoint_and_nothing_half_written(root: Path) -> None:
    checkpoint = make(root)
    checkpoint.save({"epoch": 1})
    with largest_file(1000), pytest.raises(OSError, match=re.escape(checkpoint.path.name)):
        checkpoint.save({"epoch": 2, "weights": torch.zeros(1000)})
    assert checkpoint.load() == {"epoch": 1}
    assert list(checkpoint.path.parent.iterdir()) == [checkpoint.path]


def test_a_checkpoint_of_the_living_is_not_adopted(root: Path) -> None:
    first, second, third = (make(root) for _ in range(3))
    with first.claimed():
        first.save({"of": "first"})
        with second.claimed():
            assert second.load() is None
            second.save({"of": "second"})
            with third.claimed():
                assert third.load() is None
            second.remove()
        assert first.load() == {"of": "first"}
        first.remove()
    assert list(first.path.parent.iterdir()) == []


def test_what_the_killed_have_left_is_adopted_once_each(root: Path) -> None:
    ready = multiprocessing.get_context("fork").Event()
    killed = [claim_and_wait(root, name, ready) for name in ("one", "two")]
    for process in killed:
        process.kill()
        process.join()
    again, beside = make(root), make(root)
    with again.claimed(), beside.claimed():
        assert [again.load(), beside.load()] == [{"of": "one"}, {"of": "two"}]
        assert not list(again.path.parent.glob(".*"))  # the half of a file that a killed process was writing


def claim_and_wait(root: Path, name: str, ready: EventClass) -> ForkProcess:
    """Return a process that has claimed a checkpoint, saved its name, and begun to save another."""

    def hold() -> None:
        checkpoint = make(root)
        with checkpoint.claimed():
            checkpoint.save({"of": name})
            checkpoint.path.with_name(f".{checkpoint.path.name}.1.tmp").write_bytes(b"half")
            ready.set()
            time.sleep(600)

    process = multiprocessing.get_context("fork").Process(target=hold)
    process.start()
    assert ready.wait(60)
    ready.clear()
    return process


def test_where_the_file_system_has_no_locks_nothing_is_adopted(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make(root).save({"of": "somebody"})

    def without_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", without_locks)
    checkpoint = make(root)
    with checkpoint.claimed():
        assert checkpoint.load() is None
        checkpoint.save({"of": "this one"})
        checkpoint.remove()
    assert "no locks in this file system" in one_warning(caplog)
    assert make(root).load() == {"of": "somebody"}


def test_checkpoints_lie_under_dvc_s_root_wherever_the_stage_runs(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert make(root).path.is_relative_to(root / ".pysar" / "checkpoints")
