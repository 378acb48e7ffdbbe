"""What a user may rely on: `--model models:/pysar@champion` reads with the champion of the registry."""

import os
import shutil
from pathlib import Path

import pytest

from src.errors import InputError
from src.prediction.model_file import RELEASED, find_model
from tests.prediction.registered_store import make_repository, register

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two versions, the second of which is champion; the first's model is no model."""
    root = tmp_path_factory.mktemp("мій проєкт")
    registry = make_repository(root)
    for content in (b"first", RELEASED.read_bytes()):
        register(registry, root, content)
    registry.crown("2")
    return root


@pytest.fixture(autouse=True)
def _no_other_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)


def test_the_champion_is_fetched_once_and_kept(store: Path) -> None:
    file = find_model("models:/pysar@champion", store)
    assert file.read_bytes() == RELEASED.read_bytes()
    when = file.stat().st_mtime_ns
    assert find_model("models:/pysar@champion", store).stat().st_mtime_ns == when


def test_a_version_is_found_by_its_number(store: Path) -> None:
    assert find_model("models:/pysar/1", store).read_bytes() == b"first"


@pytest.mark.parametrize("name", ["models:/pysar/9", "models:/other@champion", "models:/pysar@best"])
def test_a_version_that_is_not_there_is_named(store: Path, name: str) -> None:
    with pytest.raises(InputError, match="no version"):
        find_model(name, store)


def test_without_a_store_the_cure_is_told(tmp_path: Path, store: Path) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(store / name, tmp_path)
    with pytest.raises(InputError):
        find_model("models:/pysar@champion", tmp_path)
