import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from tests.models.evaluation_folder import Done


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for most tests, for making one takes seconds; its path holds what an address must escape."""
    from src.tracking.mlflow_store import open_store  # noqa: PLC0415  # takes seconds, and most tests here need none

    root = tmp_path_factory.mktemp("мій проєкт 50%")
    open_store(f"sqlite:///{root}/mlflow.db", root)
    return root


@pytest.fixture
def workspace(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder other than the repository's root, as in `dvc exp run --temp`."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DVC_ROOT", str(root))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def client(root: Path) -> "MlflowClient":
    from mlflow import MlflowClient  # noqa: PLC0415  # as above

    return MlflowClient(f"sqlite:///{root}/mlflow.db")


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> "Done":
    """A folder in which `evaluate` has run; the export takes seconds."""
    from tests.models.evaluation_folder import Done, make_inputs, run_stage  # noqa: PLC0415  # as above

    folder = tmp_path_factory.mktemp("evaluate")
    make_inputs(folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        result, run = run_stage(folder, monkeypatch)
    assert result.exit_code == 0, result.output
    return Done(folder, run)


@pytest.fixture(scope="session")
def latin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all stages of the Latin family have run but the last."""
    from tests.models.emnist_folder import make_folder  # noqa: PLC0415  # as above

    folder = tmp_path_factory.mktemp("latin")
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_folder(folder, monkeypatch)
    return folder
