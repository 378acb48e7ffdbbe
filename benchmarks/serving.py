"""Our service beside a re-creation of the published one: `python -m benchmarks.serving`, on an idle machine.

All are started on one core and then take turns, so that a machine whose speed changes is the same for each: while
`wrk` (Debian's package) on another core sends one PNG of 200 x 200 to one of them again and again, as one client, then
as 32, the others wait. Ours gets it as the raw body, the published one as the form that it wants; the third is a
FastAPI that reads nothing: what is left to gain beside it is the reading. Writes benchmarks/results/serving.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
import httpx
import numpy as np
import psutil
from PIL import Image
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.errors import WorkError
from src.common.files import write_json
from src.data.writer.draw import draw_glyph
from src.prediction.model_file import RELEASED
from src.workspace.measurements import on_disk, revision_of

RESULT = Path("benchmarks/results/serving.json")
CLIENTS = 32
_PORT = 8731
"""Of the first service; the next has the next."""
_TURNS = 6
_WARM_SECONDS = 2
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
    """A service, and how it wants a picture.

    port: It listens there.
    """

    port: int
    command: tuple[str, ...]
    content_type: str
    body: bytes

    @property
    def address(self) -> str:
        """Where pictures are sent."""
        return f"http://127.0.0.1:{self.port}/predict"


class Running(NamedTuple):
    """A service that has answered.

    first: Seconds from its start to its first answer.
    """

    side: Side
    process: psutil.Process
    first: float


class Load(NamedTuple):
    """What `wrk` saw in one turn; times in ms."""

    p50: float
    p99: float
    requests: int
    seconds: float
    errors: int


class Turn(NamedTuple):
    """What one service did in its turn: for one client, and for many."""

    alone: Load
    many: Load


def sides() -> dict[str, Side]:
    """Return ours, the re-creation and the one that reads nothing, with a drawn letter to read."""
    stream, drawing = BytesIO(), draw_glyph("ж", False, np.random.default_rng(0))
    Image.fromarray(np.asarray(drawing, np.uint8)).convert("RGB").save(stream, "PNG")
    picture = stream.getvalue()
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    form = f"{head}Content-Type: image/png\r\n\r\n".encode() + picture + f"\r\n--{_BOUNDARY}--\r\n".encode()
    ours = (sys.executable, "-m", "src.commands.cli", "serve", "--port", str(_PORT), "--model", str(RELEASED))
    return {
        "ours": Side(_PORT, ours, "image/png", picture),
        "published": Side(_PORT + 1, _uvicorn("published_service", _PORT + 1),
                          f"multipart/form-data; boundary={_BOUNDARY}", form),
        "empty": Side(_PORT + 2, _uvicorn("empty_service", _PORT + 2), "image/png", picture),
    }  # fmt: skip


def _uvicorn(module: str, port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "uvicorn", f"benchmarks.{module}:app", "--port", str(port),
            "--log-level", "warning", "--no-access-log")  # fmt: skip


@contextmanager
def running(side: Side) -> Iterator[Running]:
    """Yield a service on core 0 that has answered."""
    started = time.perf_counter()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(("taskset", "-c", "0", *side.command), env=environment) as process:  # noqa: S603, S607 - ours
        try:
            yield Running(side, psutil.Process(process.pid), _first_answer(side, process, started))
        finally:
            process.terminate()


def _first_answer(side: Side, process: subprocess.Popen[bytes], started: float) -> float:
    while process.poll() is None and time.perf_counter() < started + 60:
        try:
            answer = httpx.post(side.address, content=side.body, headers={"Content-Type": side.content_type})
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
                   f"{seconds}s", "--timeout", "10s", "--script", str(script), side.address)  # fmt: skip
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise WorkError(f"wrk: {error}; as root: apt-get install wrk") from None
    return Load(**json.loads(said.splitlines()[-1]))


def measure(services: dict[str, Running], seconds: int) -> dict[str, dict[str, Any]]:
    """Return the figures of each service: times in ms, memory in MB; times are medians over the turns."""
    for service in services.values():
        load(service.side, CLIENTS, _WARM_SECONDS)
    before = {name: service.process.memory_info().rss for name, service in services.items()}
    turns: dict[str, list[Turn]] = {name: [] for name in services}
    length = max(seconds // _TURNS, 1)
    for _ in range(_TURNS):
        for name, service in services.items():
            turns[name].append(Turn(load(service.side, 1, length), load(service.side, CLIENTS, length)))
    return {name: _figures(service, turns[name], before[name]) for name, service in services.items()}


def _figures(service: Running, turns: list[Turn], before: int) -> dict[str, Any]:
    after = service.process.memory_info().rss
    return {
        "first_answer_seconds": service.first,
        "p50": median(turn.alone.p50 for turn in turns),
        "p99": median(turn.alone.p99 for turn in turns),
        "requests_per_second": sum(turn.many.requests for turn in turns) / sum(turn.many.seconds for turn in turns),
        "errors": sum(turn.alone.errors + turn.many.errors for turn in turns),
        "memory": after / 1e6,
        "memory_growth": after / before - 1,
    }


def results_table(figures: dict[str, dict[str, Any]]) -> Table:
    """Return all sides and the ratio of the published one to ours."""
    table = Table(box=SIMPLE_HEAD)
    for header in ("figure", *figures, "ours / published"):
        table.add_column(header, justify="left" if header == "figure" else "right")
    for name, own in figures["ours"].items():
        other = figures["published"][name]
        values = (f"{side[name]:.3f}" for side in figures.values())
        table.add_row(name, *values, f"{own / other:.3f}" if other else "–")
    return table


@click.command(cls=Command)
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True, help="Of each load, in turns.")
def main(seconds: int) -> None:
    """Measure the services, print them side by side, write the figures."""
    if allowed_cores() < 2:
        raise WorkError("two cores are needed: one for the service, one for its clients")
    revision = revision_of(RESULT.name, on_disk(Path()))
    with ExitStack() as started:
        services = {name: started.enter_context(running(side)) for name, side in sides().items()}
        figures = measure(services, seconds)
    Console().print(results_table(figures))
    write_json(RESULT, {"seconds": seconds, "clients": CLIENTS, **figures, "revision": revision})


if __name__ == "__main__":
    main()
