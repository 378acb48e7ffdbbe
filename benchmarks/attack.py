"""Crafted bodies against the service, and honest clients beside them: `python -m benchmarks.attack --count 20000`.

Prints how long the event loop was held, how much memory the service and its processes took together, and how long the
honest waited; fails where that is more than is promised, or where an honest answer is lost. With `--cgroup FOLDER` the
service runs in that cgroup (its limit is yours to set), whose peak is told. A body has a number, by which it is made
again: `--first 123 --count 1 --keep FOLDER`.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import NamedTuple

import click
import numpy as np
import psutil

from benchmarks.crafted import BOUNDARY, crafted_body
from benchmarks.picture_seeds import picture_seeds
from benchmarks.service import ROOT, wait_until_ready
from src.command import Command
from src.errors import WorkError
from src.progress import progress_bar

MOST_HELD, MOST_MEMORY, MOST_HONEST = 0.05, 700e6, 0.5
"""Seconds of the loop, bytes, seconds of an honest answer."""
_HONEST, _PAUSE = 16, 0.1
_PATIENCE = 60
_FORM = f"multipart/form-data; boundary={BOUNDARY}"


class Answer(NamedTuple):
    """What came back; status 0: no answer."""

    what: str
    status: int
    seconds: float


class Watched(NamedTuple):
    """A service that is watched: its process, address, and the file that tells how long its loop was held."""

    process: psutil.Process
    address: str
    told: Path


def post(connection: HTTPConnection, what: str, content: bytes, sent_as: str = "") -> Answer:
    """Post a body; the connection is opened again where the service has closed it."""
    started = time.perf_counter()
    try:
        connection.request("POST", "/predict", content, {"Content-Type": sent_as} if sent_as else {})
        response = connection.getresponse()
        response.read()
        status = response.status
    except (OSError, HTTPException):
        connection.close()
        status = 0
    return Answer(what, status, time.perf_counter() - started)


def attack(address: str, numbers: range, connections: int) -> list[Answer]:
    """Post the bodies of these numbers over several connections."""
    with progress_bar("posting", len(numbers)) as advance, ThreadPoolExecutor(connections) as pool:

        def work(own: range) -> list[Answer]:
            connection = HTTPConnection(address, timeout=_PATIENCE)
            answers = []
            for number in own:
                kind, content = crafted_body(number)
                answers.append(post(connection, kind, content, _FORM if kind == "forms" else ""))
                advance(1, "")
            connection.close()
            return answers

        shares = [numbers[start::connections] for start in range(connections)]
        return [answer for answers in pool.map(work, shares) for answer in answers]


def be_honest(address: str, ended: Event) -> list[Answer]:
    """Post whole drawings, one after the other with a pause between, until the attack is over."""
    connection = HTTPConnection(address, timeout=_PATIENCE)
    answers: list[Answer] = []
    drawings = [content for content in picture_seeds() if len(content) < 100_000]
    while not ended.is_set():
        answers.append(post(connection, "honest", drawings[len(answers) % len(drawings)]))
        ended.wait(_PAUSE)
    connection.close()
    return answers


def watch_memory(process: psutil.Process, ended: Event) -> int:
    """Return the most memory that a process and all below it took at a time; what they share counts once."""
    most = 0
    while not ended.wait(0.05):
        together = 0
        for each in [process, *process.children(recursive=True)]:
            try:
                together += each.memory_full_info().pss
            except psutil.Error:  # it has ended
                continue
        most = max(most, together)
    return most


@contextmanager
def watched_service(folder: Path, cgroup: Path | None) -> Iterator[Watched]:
    """Yield a service that is ready; end it in the end."""
    told, log = folder / "held.json", folder / "service.log"
    command = [sys.executable, "-m", "benchmarks.watched_service", str(told)]
    if cgroup is not None:
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(cgroup / "cgroup.procs"), *command]
    with log.open("wb") as stream, subprocess.Popen(command, cwd=ROOT, stderr=stream) as process:  # noqa: S603 - our own
        try:
            address = wait_until_ready(process, log)
            yield Watched(psutil.Process(process.pid), address.removeprefix("http://"), told)
        finally:
            process.terminate()


def tell(answers: list[Answer]) -> None:
    """Print the statuses and times of each kind."""
    kinds = defaultdict(list)
    for answer in answers:
        kinds[answer.what].append(answer)
    for kind, own in kinds.items():
        seconds = [answer.seconds for answer in own]
        statuses = ", ".join(f"{status}: {n:,}" for status, n in sorted(Counter(each.status for each in own).items()))
        click.echo(f"{kind:9} {len(own):6,}  median {1000 * np.median(seconds):6.1f} ms, "
                   f"slowest {1000 * max(seconds):6.0f} ms  {statuses}")  # fmt: skip


def check(held: float, memory: float, honest: list[Answer]) -> None:
    """Fail where more is taken than is promised.

    Raises:
        WorkError: It is.
    """
    late = sum(answer.seconds > MOST_HONEST for answer in honest)
    lost = sum(answer.status != 200 for answer in honest)
    if held > MOST_HELD or memory > MOST_MEMORY or late or lost:
        raise WorkError(f"the loop held for {1000 * held:.0f} ms, {memory / 1e6:.0f} MB, {late} honest answers of "
                        f"{len(honest)} late, {lost} lost; more than is promised")  # fmt: skip


@click.command(cls=Command)
@click.option("--count", type=click.IntRange(1), default=20_000, show_default=True, help="So many bodies.")
@click.option("--first", type=click.IntRange(0), default=0, help="Number of the first.")
@click.option("--connections", type=click.IntRange(1), default=8, show_default=True, help="That they are posted over.")
@click.option("--cgroup", type=click.Path(file_okay=False, exists=True, path_type=Path), help="The service runs in it.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Only write the bodies there.")
def main(count: int, first: int, connections: int, cgroup: Path | None, keep: Path | None) -> None:
    """Post crafted bodies to the service beside honest ones, and print what it took."""
    numbers = range(first, first + count)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            kind, content = crafted_body(number)
            (keep / f"{number}-{kind}").write_bytes(content)
        return
    ended = Event()
    with (
        tempfile.TemporaryDirectory() as folder,
        watched_service(Path(folder), cgroup) as service,
        ThreadPoolExecutor(_HONEST + 1) as pool,
        # Crafting bodies must not keep the honest clients from looking at their clock.
        ProcessPoolExecutor(1, get_context("spawn")) as other,
    ):
        memory = pool.submit(watch_memory, service.process, ended)
        clients = [pool.submit(be_honest, service.address, ended) for _ in range(_HONEST)]
        try:
            answers = other.submit(attack, service.address, numbers, connections).result()
        finally:
            ended.set()
        honest = [answer for client in clients for answer in client.result()]
        time.sleep(1.5)  # until the service has told the last second
        held = json.loads(service.told.read_text("utf-8"))
        tell([*answers, *honest])
        click.echo(f"loop held for {1000 * held['processor']:.0f} ms (by the clock {1000 * held['clock']:.0f} ms), "
                   f"memory {memory.result() / 1e6:.0f} MB")  # fmt: skip
        if cgroup is not None:
            click.echo(f"cgroup: {_cgroup_peak(cgroup) / 1e6:.0f} MB")
        check(held["processor"], memory.result(), honest)


def _cgroup_peak(cgroup: Path) -> int:
    for name in ("memory.peak", "memory.max_usage_in_bytes"):
        if (cgroup / name).is_file():
            return int((cgroup / name).read_text())
    raise WorkError(f"{cgroup}: no cgroup with a limit of memory")


if __name__ == "__main__":
    main()
