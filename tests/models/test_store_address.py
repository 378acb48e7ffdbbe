from pathlib import Path

import pytest

from src.errors import InputError
from src.models.store_address import existing_store, hide_login, short_reason, store_uri


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
