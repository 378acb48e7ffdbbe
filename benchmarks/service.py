"""The service as a process of its own, on a port that it chooses: for benchmarks, and for tests that kill it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from src.common.errors import WorkError

ROOT = Path(__file__).parents[1]
START_SECONDS = 120.0
_ADDRESS = re.compile(r"http://\S+(?=/ )")


class Service(NamedTuple):
    """A service that answers.

    log: What it has said on stderr.
    """

    process: "subprocess.Popen[bytes]"
    address: str
    log: Path


@contextmanager
def running_service(
    folder: Path, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Service]:
    """Yield a service that is ready and works in `folder`, where it also writes service.log; kill it in the end.

    Args:
        folder: Exists.
        arguments: Of `pysar serve`, besides the port.
        environment: Variables besides ours.

    Raises:
        WorkError: It ended, or is not ready after two minutes.
    """
    log = folder / "service.log"
    command = [sys.executable, "-m", "src.commands.cli", "serve", "--port", "0", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environment or {})}
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, cwd=folder, env=variables, stderr=stream) as process,  # noqa: S603 - our own
    ):
        try:
            yield Service(process, wait_until_ready(process, log), log)
        finally:
            process.kill()


def wait_until_ready(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Return the address that a service has said on stderr, once it is ready.

    Raises:
        WorkError: It ended, or is not ready after two minutes.
    """
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        found = _ADDRESS.search(log.read_text("utf-8"))
        if found and _ready(found[0]):
            return found[0]
        time.sleep(0.05)
    raise WorkError(f"the service did not start: {log.read_text('utf-8', 'replace')}")


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
