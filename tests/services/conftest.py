import gc
import os
import sys
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.services.postgresql import Cluster, find_binaries, running_cluster
from tests.services.s3 import Endpoint, running_endpoint

_NUMBERS = count()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this session's own."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    with running_cluster(binaries) as cluster:
        yield cluster


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[str]:
    """The address of a new, empty database."""
    name = f"test_{next(_NUMBERS)}"
    cluster.create_database(name)
    yield cluster.url(name)
    _close_connections()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """An S3 endpoint of this session's own."""
    with running_endpoint(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3: Endpoint) -> str:
    """The name of a new, empty bucket."""
    return s3.new_bucket()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that is also the repository's root, without settings of DVC, MLflow, libpq and AWS."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_", "PG", "AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _close_connections() -> None:
    """Close those that MLflow keeps, and drop those that broke: psycopg warns of what is left at any later moment."""
    for store in ("tracking", "model_registry"):
        if module := sys.modules.get(f"mlflow.store.{store}.sqlalchemy_store"):
            for engine in module.SqlAlchemyStore._engine_map.values():
                engine.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
