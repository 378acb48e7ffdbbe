import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException

from src.common.errors import InputError
from src.tracking.mlflow_store import open_store
from src.tracking.store_address import (
    existing_store,
    hide_login,
    short_reason,
    sqlite_address,
    sqlite_file,
    store_root,
    store_uri,
)

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (None, "sqlite:////data/pysar/mlflow.db"),
        ("", "sqlite:////data/pysar/mlflow.db"),
        ("sqlite:///runs/our.db", "sqlite:////data/pysar/runs/our.db"),
        ("sqlite:////else/our.db", "sqlite:////else/our.db"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ],
)
def test_the_store_is_what_the_environment_says_or_sqlite_at_the_root(
    given: str | None, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    if given is not None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", given)
    assert store_uri(Path("/data/pysar")) == used


@pytest.mark.parametrize("name", ["100%", "a%41", "what?", "c#", "Письмо 100%?#x", "q?mode=ro", "plain"])
def test_an_address_leads_to_its_file_and_to_no_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / name
    root.mkdir()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    address = store_uri(root)
    assert sqlite_file(address) == root / "mlflow.db"
    client, experiment = open_store(address, root)
    made = client.create_run(experiment)
    (tmp_path / "text").touch()
    client.log_artifact(made.info.run_id, str(tmp_path / "text"))
    assert (root / "mlartifacts" / made.info.run_id / "artifacts/text").is_file()
    assert sorted(path.name for path in root.iterdir()) == ["mlartifacts", "mlflow.db", "mlflow.db.lock"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "text"])


def test_a_query_and_a_relative_path_of_the_users_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///runs/our%20own.db?timeout=60")
    assert store_uri(Path("/data")) == "sqlite:////data/runs/our own.db?timeout=60"
    assert sqlite_file(store_uri(Path("/data"))) == Path("/data/runs/our own.db")
    for other in ("sqlite:///:memory:", "sqlite://", "postgresql://db/mlflow", "file:///data"):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", other)
        assert store_uri(Path("/data")) == other
        assert sqlite_file(other) is None


def test_a_dvc_root_that_is_gone_is_not_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for given, root in ((tmp_path / "gone", tmp_path), (tmp_path.parent, tmp_path.parent)):
        monkeypatch.setenv("DVC_ROOT", str(given))
        assert store_root() == root
    assert list(tmp_path.iterdir()) == []


def test_of_a_database_of_another_mlflow_the_cure_is_told_whole(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "our 100%.db")
    open_store(sqlite_address(tmp_path / "new.db"), tmp_path)
    shutil.copy(tmp_path / "new.db", tmp_path / "our 100%.db")  # MLflow looks at a database once in a process
    with closing(sqlite3.connect(tmp_path / "our 100%.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '867495a8f9d4'")
        connection.commit()
    with pytest.raises(MlflowException) as caught:
        open_store(address, tmp_path)
    said = short_reason(caught.value, address)
    assert f"run `mlflow db upgrade '{address}'`" in said
    assert "keep a copy" in said


def test_a_reader_finds_the_store_that_the_stages_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlflow.db").touch()
    assert existing_store(tmp_path) == store_uri(tmp_path) == f"sqlite:///{tmp_path}/mlflow.db"


def test_a_reader_of_a_store_without_runs_is_told_how_to_get_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///runs/our.db")
    with pytest.raises(InputError, match=r"runs/our\.db: no such file.*make repro"):
        existing_store(tmp_path)


def test_what_is_said_of_a_store_is_short_and_holds_no_password() -> None:
    address = "postgresql://writer:p%40ss@db:5432/mlflow"
    assert hide_login(address, address) == "postgresql://db:5432/mlflow"
    said = short_reason(ValueError(f"cannot reach\n  {address}: " + "x" * 500 + ": no such bucket"), address)
    assert said.startswith("cannot reach postgresql://db:5432/mlflow: xxx")
    assert said.endswith("xxx: no such bucket")
    assert len(said) == 241
    assert short_reason(TimeoutError(), address) == "TimeoutError"
