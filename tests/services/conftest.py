import gc
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.accounts import USER, make_secrets
from src.serving.store.uploads import Outbox
from tests.deploy.composition import DEPLOY, all_settings, command_of, read_compose
from tests.services.deployment import WAIT_SECONDS, Deployment, find_nginx, find_weed
from tests.services.postgresql import Cluster, find_binaries, running_cluster
from tests.services.s3 import Endpoint, point_at, running_endpoint

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


@pytest.fixture
def outbox(workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Given drawings on their way to a bucket."""
    point_at(s3.url, s3, monkeypatch)
    return Outbox(workspace / "spool", f"s3://{bucket}/pysar")


@pytest.fixture(scope="session")
def nginx() -> str:
    program = find_nginx()
    if program is None or not all(map(shutil.which, ("curl", "openssl"))):
        pytest.skip("nginx, curl or openssl is not installed: apt-get install nginx-light curl openssl")
    return program


@pytest.fixture(scope="session")
def weed() -> str:
    program = find_weed()
    if program is None:
        pytest.skip("SeaweedFS is not installed: it is a development dependency where there is a build of it")
    return program


@pytest.fixture(scope="session")
def settings() -> dict[str, str]:
    """What deploy/.env would hold."""
    return {**all_settings("letters.example.org"), "MLFLOW_WORKERS": "1", "TLS_FOLDER": "/etc/letters"}


@pytest.fixture(scope="session")
def accounts(cluster: Cluster) -> dict[str, str]:
    """What deploy/secrets/ would hold, but for the address of the database."""
    accounts = make_secrets()
    there = accounts["postgresql_mlflow.conf"]
    here = there.replace("host=postgresql\nport=5432", f"host=127.0.0.1\nport={cluster.port}")
    assert here != there
    return {**accounts, "postgresql_mlflow.conf": here}


@pytest.fixture(scope="session")
def deployment(
    settings: dict[str, str], accounts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    return Deployment(read_compose(settings), accounts, tmp_path_factory.mktemp("accounts"), {})


@pytest.fixture(scope="session")
def store(deployment: Deployment, weed: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The store alone, its buckets made; its process."""
    with deployment.seaweedfs(weed, tmp_path_factory.mktemp("s3")) as process:
        made = deployment.run("buckets", command_of(deployment.services["buckets"]))
        assert made.returncode == 0, made.stderr
        yield process


@pytest.fixture(scope="session")
def database(deployment: Deployment, cluster: Cluster) -> Iterator[str]:
    """The address of MLflow's database, set up as the image's entrypoint does it."""
    psql = [f"{find_binaries()}/psql", "--set", "ON_ERROR_STOP=1", "--no-psqlrc", "--quiet"]
    command = [*psql, "--dbname", cluster.url("postgres"), "--file", str(DEPLOY / "postgresql" / "mlflow.sql")]
    done = deployment.run("postgresql", command)
    assert done.returncode == 0, done.stderr
    assert deployment.check("postgresql", PGPORT=str(cluster.port)).returncode == 0
    password = (deployment.secrets / "postgresql_mlflow_password").read_text().strip()
    yield f"postgresql://mlflow:{password}@127.0.0.1:{cluster.port}"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE mlflow WITH (FORCE)")
        connection.execute("DROP ROLE mlflow")


@pytest.fixture
def store_owner(deployment: Deployment, store: int) -> Endpoint:
    """The store's own account."""
    return deployment.account("s3_setup")


@pytest.fixture(scope="session")
def nginx_folder(
    deployment: Deployment, nginx: str, store: int, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """All of it, started in the order of compose.yaml, each once the health check of the one before is content."""
    with ExitStack() as running:
        for name in ("service", "mlflow"):
            running.enter_context(deployment.python(name, tmp_path_factory.mktemp(name)))
        yield running.enter_context(deployment.nginx(nginx))


@pytest.fixture
def running(deployment: Deployment, nginx_folder: Path) -> Deployment:
    return deployment


@pytest.fixture
def client(running: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees the service."""
    with httpx.Client(base_url=f"http://{running.http}", timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture
def mlflow(running: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees MLflow and knows its password."""
    account = (USER, (running.secrets / "mlflow_password").read_text().strip())
    with httpx.Client(base_url=f"http://{running.mlflow}", auth=account, timeout=WAIT_SECONDS) as client:
        yield client


def _close_connections() -> None:
    """Close those that MLflow keeps, and drop those that broke: psycopg warns of what is left at any later moment."""
    for store in ("tracking", "model_registry"):
        if module := sys.modules.get(f"mlflow.store.{store}.sqlalchemy_store"):
            for engine in module.SqlAlchemyStore._engine_map.values():
                engine.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
