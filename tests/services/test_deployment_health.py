"""What an operator may rely on from the health checks of deploy/."""

import time
from pathlib import Path

import pytest

from tests.deploy.composition import read_compose
from tests.free_port import free_port
from tests.services.deployment import Deployment

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other


def test_health_checks_fail_where_nothing_works(
    running: Deployment, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    closed = f"127.0.0.1:{free_port()}"
    away = Deployment(read_compose(settings), accounts, tmp_path, {})
    for name in ("service", "mlflow", "nginx", "s3"):
        assert running.check(name).returncode == 0
        assert away.check(name).returncode != 0
    assert away.check("postgresql", PGPORT=closed.rpartition(":")[2]).returncode != 0


def test_nginx_alone_is_live_and_not_ready(
    nginx: str, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    alone = Deployment(read_compose(settings), accounts, tmp_path, {})
    with alone.nginx(nginx, ready=False):
        while alone.check("nginx", live=True).returncode:
            time.sleep(0.1)
        assert alone.check("nginx").returncode != 0


@pytest.mark.parametrize("name", ["nginx", "service", "mlflow", "s3"])
def test_what_runs_is_live(running: Deployment, name: str) -> None:
    assert running.check(name, live=True).returncode == 0
