"""What a user may rely on: `--model models:/pysar@champion` reads with the champion of the registry."""

import os
import shutil
from pathlib import Path

import pytest

from src.common.errors import InputError
from src.prediction.model_file import RELEASED, find_model
from src.registry.registry import Registry
from src.tracking.mlflow_store import open_store
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


def test_versions_of_one_run_are_kept_each_by_itself_and_what_was_damaged_is_fetched_again(store: Path) -> None:
    registry = Registry(open_store(f"sqlite:///{store}/mlflow.db", store)[0])
    run = registry.version("1").run_id or ""
    folder = registry.client.get_run(run).info.artifact_uri
    (store / "model.onnx").write_bytes(b"later")
    registry.client.log_artifact(run, str(store / "model.onnx"), "later")
    later = registry.client.create_model_version("pysar", f"{folder}/later", run).version
    kept = [find_model(f"models:/pysar/{number}", store) for number in ("1", later)]
    assert [path.read_bytes() for path in kept] == [b"first", b"later"]
    kept[0].write_bytes(b"torn")
    assert [find_model(f"models:/pysar/{number}", store).read_bytes() for number in ("1", later)] == [
        b"first",
        b"later",
    ]


@pytest.mark.parametrize("name", ["models:/pysar/9", "models:/other@champion", "models:/pysar@best"])
def test_a_version_that_is_not_there_is_named(store: Path, name: str) -> None:
    with pytest.raises(InputError, match="no version"):
        find_model(name, store)


def test_without_a_store_the_cure_is_told(tmp_path: Path, store: Path) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(store / name, tmp_path)
    with pytest.raises(InputError):
        find_model("models:/pysar@champion", tmp_path)
