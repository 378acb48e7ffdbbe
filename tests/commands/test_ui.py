import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from src.commands.cli import main
from src.commands.ui import HOST, check_port
from src.common.errors import InputError
from src.tracking.mlflow_store import open_store
from tests.free_port import free_port

ROOT = Path(__file__).parents[2]


def test_a_server_elsewhere_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://user:secret@mlflow.example:5000")
    result = CliRunner().invoke(main, ["ui"])
    assert result.exit_code == 0
    assert "https://mlflow.example:5000" in result.stdout
    assert "secret" not in result.output


def test_a_port_in_use_is_named_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: .*PORT={port + 1}"):
            check_port(port)
    check_port(port)


def test_the_page_is_served_until_sigterm_and_leaves_no_server_behind(tmp_path: Path) -> None:
    old, root = tmp_path / "old", tmp_path / "Письмо 100%?#x %41"
    old.mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        (old / name).touch()
    open_store(f"sqlite:///{old}/mlflow.db", old)
    old.rename(root)
    port = free_port()
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    command = [sys.executable, "-m", "src.commands.cli", "ui", "--port", str(port)]
    with subprocess.Popen(command, cwd=root, env={**variables, "PYTHONPATH": str(ROOT)}) as process:
        wait_for_page(f"http://{HOST}:{port}", process)
        check_hosts(port)
        check_place(port, root)
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        assert process.wait(timeout=60) == 0
        _, alive = psutil.wait_procs(family, timeout=60)
    assert family
    assert alive == []
    assert list(tmp_path.iterdir()) == [root]


def check_place(port: int, root: Path) -> None:
    """The store that is shown is the one in this folder, where the checkout has moved to."""
    address = f"http://{HOST}:{port}/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=pysar"
    assert httpx.get(address).json()["experiment"]["artifact_location"] == (root / "mlartifacts").as_uri()


def check_hosts(port: int) -> None:
    """Other names than this machine's own are refused: a page elsewhere may have made its name lead here."""
    address = f"http://{HOST}:{port}/ajax-api/2.0/mlflow/experiments/get?experiment_id=0"
    for host in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", "localhost:6000"):
        assert httpx.get(address, headers={"Host": host}).status_code == 200, host
    for host in ("10.example.org", f"10.0.0.1:{port}", "192.168.example.org", "localhost.example.org", ""):
        assert httpx.get(address, headers={"Host": host}).status_code == 403, host


def wait_for_page(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while True:
        assert process.poll() is None
        assert time.monotonic() < until
        try:
            page = httpx.get(address, timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            assert "<title>MLflow</title>" in page.text
            return
