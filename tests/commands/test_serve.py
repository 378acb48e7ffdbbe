"""What an operator may rely on from `pysar serve`: it starts, answers, and ends after what it has."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from benchmarks.service import running_service
from src.prediction.model_file import RELEASED
from tests.free_port import free_port
from tests.prediction.drawings import drawn, encoded


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    command = [sys.executable, "-m", "src.commands.cli", "serve", "--port", str(port), "--model", str(RELEASED)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield process, address
        process.kill()


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{address}: not ready after 30 s")


def test_it_reads_and_ends_well_when_it_is_told_to(service: tuple[subprocess.Popen[str], str]) -> None:
    process, address = service
    assert httpx.post(f"{address}/predict", content=encoded(drawn("ж"))).json()["label"] == "ж"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) in {0, -signal.SIGTERM}


def test_a_request_that_has_begun_is_answered_though_the_service_stops(
    service: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = service
    picture = encoded(drawn("ж"))

    def slowly() -> Iterator[bytes]:
        yield picture[:100]
        # What is sent has not yet been read, and a service that stops before then knows of no request.
        until = time.monotonic() + 20
        while "pysar_requests_under_way 2.0" not in httpx.get(f"{address}/metrics").text:
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        yield picture[100:]

    answer = httpx.post(f"{address}/predict", content=slowly(), timeout=20)
    assert answer.json()["label"] == "ж"
    process.wait(20)


def test_a_service_that_stops_is_not_ready_and_still_answers_a_while(
    service: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = service
    picture = encoded(drawn("ж"))
    said: list[int] = []

    def slowly() -> Iterator[bytes]:
        yield picture[:100]
        process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 4
        while time.monotonic() < until:  # longer than it takes new requests
            said.append(httpx.get(f"{address}/readyz").status_code)
            if said.count(503) == 1:
                assert httpx.post(f"{address}/predict", content=picture).json()["label"] == "ж"
            time.sleep(0.1)
        assert httpx.get(f"{address}/healthz").text == "ok"
        late = httpx.post(f"{address}/predict", content=picture)
        assert (late.status_code, late.headers["retry-after"], late.headers["connection"]) == (503, "2", "close")
        yield picture[100:]

    answer = httpx.post(f"{address}/predict", content=slowly(), timeout=20)
    assert answer.json()["label"] == "ж"
    assert said.count(503) > 10
    assert said == sorted(said)
    assert process.wait(20) in {0, -signal.SIGTERM}


def test_ctrl_c_does_not_wait_for_balancers(tmp_path: Path) -> None:
    # Longer than anybody waits here.
    with running_service(tmp_path, ["--model", str(RELEASED)], {"PYSAR_SERVE_DRAIN_SECONDS": "1000"}) as service:
        service.process.send_signal(signal.SIGINT)
        service.process.wait(100)


def test_a_port_that_is_taken_is_told_in_a_line(service: tuple[subprocess.Popen[str], str]) -> None:
    port = service[1].rpartition(":")[2]
    command = [sys.executable, "-m", "src.commands.cli", "serve", "--port", port, "--model", str(RELEASED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "in use" in done.stderr


def test_it_imports_neither_torch_nor_the_tools_of_training() -> None:
    script = (
        "import sys; import src.commands.serve\n"
        "print(*{'torch', 'pandas', 'dvc', 'mlflow', 'sklearn', 'boto3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
