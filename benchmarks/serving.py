"""Our service beside a re-creation of the published one: `python -m benchmarks.serving`, on an idle machine.

Each runs alone, pinned to one core, while `wrk` (Debian's package) on another sends one PNG of 200 x 200 again and
again: first as one client, then as 32. Ours gets it as the raw body, the other as the form that it wants.
Writes benchmarks/results/serving.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import click
import httpx
import numpy as np
import psutil
from PIL import Image
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.command import Command
from src.data.sample.draw import draw_glyph
from src.errors import WorkError
from src.files import write_json
from src.prediction.model_file import RELEASED

RESULT = Path("benchmarks/results/serving.json")
PORT = 8731
CLIENTS = 32
_BOUNDARY = "pysar"
_SCRIPT = """
local file = io.open("{body}", "rb")
wrk.method, wrk.body, wrk.headers["Content-Type"] = "POST", file:read("*all"), "{content_type}"
file:close()
done = function(summary, latency)
  io.write(string.format('{{"p50": %f, "p99": %f, "requests": %d, "seconds": %f, "errors": %d}}\\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout))
end
"""
"""Times in ms."""


class Side(NamedTuple):
    """A service, and how it wants a picture."""

    command: tuple[str, ...]
    content_type: str
    body: bytes


class Load(NamedTuple):
    """What `wrk` saw."""

    p50: float
    p99: float
    requests: int
    seconds: float
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def sides() -> dict[str, Side]:
    """Return ours and the re-creation, with a drawn letter to read."""
    stream, drawing = BytesIO(), draw_glyph("ж", False, np.random.default_rng(0))
    Image.fromarray(np.asarray(drawing, np.uint8)).convert("RGB").save(stream, "PNG")
    picture = stream.getvalue()
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    form = f"{head}Content-Type: image/png\r\n\r\n".encode() + picture + f"\r\n--{_BOUNDARY}--\r\n".encode()
    ours = (sys.executable, "-m", "src.cli", "serve", "--port", str(PORT), "--model", str(RELEASED))
    other = (sys.executable, "-m", "uvicorn", "benchmarks.published_service:app", "--port", str(PORT),
             "--log-level", "warning", "--no-access-log")  # fmt: skip
    return {
        "ours": Side(ours, "image/png", picture),
        "published": Side(other, f"multipart/form-data; boundary={_BOUNDARY}", form),
    }


@contextmanager
def running(side: Side) -> Iterator[tuple[psutil.Process, float]]:
    """Yield a service's process on core 0, and the seconds to its first answer."""
    started = time.perf_counter()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(("taskset", "-c", "0", *side.command), env=environment) as process:  # noqa: S603, S607 - ours
        try:
            yield psutil.Process(process.pid), _first_answer(side, process, started)
        finally:
            process.terminate()


def _first_answer(side: Side, process: subprocess.Popen[bytes], started: float) -> float:
    while process.poll() is None and time.perf_counter() < started + 60:
        try:
            headers = {"Content-Type": side.content_type}
            answer = httpx.post(f"http://127.0.0.1:{PORT}/predict", content=side.body, headers=headers)
        except httpx.TransportError:
            time.sleep(0.005)
        else:
            answer.raise_for_status()
            return time.perf_counter() - started
    raise WorkError(f"{' '.join(side.command)}: no answer; see what it says above")


def load(side: Side, clients: int, seconds: int) -> Load:
    """Send a picture for so many seconds.

    Raises:
        WorkError: `wrk` is not there, or fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        body, script = Path(folder, "body"), Path(folder, "post.lua")
        body.write_bytes(side.body)
        script.write_text(_SCRIPT.format(body=body, content_type=side.content_type), encoding="utf-8")
        command = ("taskset", "-c", "1", "wrk", "--threads", "1", "--connections", str(clients), "--duration",
                   f"{seconds}s", "--timeout", "10s", "--script", str(script),
                   f"http://127.0.0.1:{PORT}/predict")  # fmt: skip
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise WorkError(f"wrk: {error}; as root: apt-get install wrk") from None
    return Load(**json.loads(said.splitlines()[-1]))


def measure(side: Side, seconds: int) -> dict[str, Any]:
    """Return the figures of one service: times in ms, memory in MB."""
    with running(side) as (process, first):
        load(side, 1, 2)
        alone = load(side, 1, max(seconds // 3, 1))
        load(side, CLIENTS, max(seconds // 6, 1))
        before = process.memory_info().rss
        many = load(side, CLIENTS, seconds)
        after = process.memory_info().rss
    return {
        "first_answer_seconds": first, "p50": alone.p50, "p99": alone.p99, "requests_per_second": many.rate,
        "errors": alone.errors + many.errors, "memory": after / 1e6, "memory_growth": after / before - 1,
    }  # fmt: skip


def results_table(figures: dict[str, dict[str, Any]]) -> Table:
    """Return both sides and the ratio of theirs to ours."""
    table = Table(box=SIMPLE_HEAD)
    for header in ("figure", "ours", "published", "ours / published"):
        table.add_column(header, justify="left" if header == "figure" else "right")
    for name, own in figures["ours"].items():
        other = figures["published"][name]
        table.add_row(name, f"{own:.3f}", f"{other:.3f}", f"{own / other:.3f}" if other else "–")
    return table


@click.command(cls=Command)
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True, help="Of the load by 32 clients.")
def main(seconds: int) -> None:
    """Measure both services, print them side by side, write the figures."""
    if (os.cpu_count() or 1) < 2:
        raise WorkError("two cores are needed: one for the service, one for its clients")
    figures = {name: measure(side, seconds) for name, side in sides().items()}
    Console().print(results_table(figures))
    write_json(RESULT, {"seconds": seconds, "clients": CLIENTS, **figures})


if __name__ == "__main__":
    main()
