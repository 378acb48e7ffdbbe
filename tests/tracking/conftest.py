import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlflow import MlflowClient


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
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "false")  # a test that wants them says so
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def client(root: Path) -> "MlflowClient":
    from mlflow import MlflowClient  # noqa: PLC0415  # as above

    return MlflowClient(f"sqlite:///{root}/mlflow.db")
