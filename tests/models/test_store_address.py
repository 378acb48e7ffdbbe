from pathlib import Path

import pytest

from src.models.store_address import hide_login, short_reason, store_uri


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


def test_what_is_said_of_a_store_is_short_and_holds_no_password() -> None:
    address = "postgresql://writer:p%40ss@db:5432/mlflow"
    assert hide_login(address, address) == "postgresql://db:5432/mlflow"
    said = short_reason(ValueError(f"cannot reach\n  {address}: " + "x" * 500 + ": no such bucket"), address)
    assert said.startswith("cannot reach postgresql://db:5432/mlflow: xxx")
    assert said.endswith("xxx: no such bucket")
    assert len(said) == 241
    assert short_reason(TimeoutError(), address) == "TimeoutError"
