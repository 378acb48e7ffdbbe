"""Crafted bodies against the service, and honest clients beside them: `python -m benchmarks.attack --count 20000`.

Prints how long the event loop was held, how much memory the service and its processes took together, and how long the
honest waited; fails where that is more than is promised, or where an honest answer is lost. With `--cgroup FOLDER` the
service runs in that cgroup (its limit is yours to set), whose peak is told. A body has a number, by which it is made
again: `--first 123 --count 1 --keep FOLDER`.

The host of a virtual machine may take its processors away for a moment, which looks as if the loop were held. So the
bodies that were under way when it was held too long are posted again, together and three times: what they cause comes
back, and the least of the three counts. `benchmarks.stalls` runs beside, and shows the machine's own moments.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import NamedTuple

import click
import numpy as np
import psutil

from benchmarks.attack_clients import Answer, attack, be_honest
from benchmarks.crafted import crafted_body
from benchmarks.service import ROOT, wait_until_ready
from benchmarks.stalls import LEAST, Stall, longest, over, read_stalls
from src.common.command import Command
from src.common.errors import WorkError

MOST_HELD, MOST_MEMORY, MOST_HONEST = 0.05, 700e6, 0.5
"""Seconds of the loop, bytes, seconds of an honest answer."""
_HONEST = 16
_AGAIN = 3
_TOLD = 5
"""Lines: of the latest answers, and of the service's log."""
_TOLD_WITHIN = 1.5
"""Seconds after which the service has told what it does now."""


class Watched(NamedTuple):
    """A service that is watched: its process, address, and the file that tells how long its loop was held."""

    process: psutil.Process
    address: str
    told: Path


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
    told, log = folder / "stalls.jsonl", folder / "service.log"
    command = [sys.executable, "-m", "benchmarks.watched_service", str(told)]
    if cgroup is not None:
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(cgroup / "cgroup.procs"), *command]
    with log.open("wb") as stream, subprocess.Popen(command, cwd=ROOT, stderr=stream) as process:  # noqa: S603 - our own
        try:
            address = wait_until_ready(process, log)
            yield Watched(psutil.Process(process.pid), address.removeprefix("http://"), told)
        finally:
            process.terminate()
            tell_log(log)


def tell_log(log: Path) -> None:
    """Print what the service has logged most often, but for its address, without numbers."""
    lines = log.read_text("utf-8").splitlines()
    told = Counter(re.sub(r"\d+", "#", line) for line in lines if line and not line.startswith("http://"))
    for line, times in told.most_common(_TOLD):
        click.echo(f"the service's log, {times} times: {line}")


@contextmanager
def watched_machine(path: Path) -> Iterator[None]:
    """Write the machine's own moments to a file meanwhile."""
    command = [sys.executable, "-m", "benchmarks.stalls", str(path)]
    with subprocess.Popen(command, cwd=ROOT) as process:  # noqa: S603 - our own
        try:
            yield
        finally:
            process.terminate()


def suspects(answers: list[Answer], stall: Stall) -> list[int]:
    """Return the numbers of the bodies that were under way when the loop was held."""
    until = stall.began + stall.clock + MOST_HELD
    return [each.number for each in answers if each.began <= until and _ended(each) >= stall.began]


def own_stalls(
    told: Path, stalls: list[Stall], answers: list[Answer], post_all: Callable[[Sequence[int]], object]
) -> float:
    """Return for how long bodies hold the loop, in seconds: those that seem to for too long are posted again."""
    held = longest([stall for stall in stalls if stall.processor <= MOST_HELD])
    for stall in over(stalls, MOST_HELD):
        numbers, repeated = suspects(answers, stall), []
        for _ in range(_AGAIN):
            before = len(read_stalls(told))
            post_all(numbers)
            time.sleep(_TOLD_WITHIN)
            repeated.append(longest(read_stalls(told)[before:]))
        held = max(held, min(repeated))
    return held


def tell_stalls(held: float, stalls: list[Stall], machine: list[Stall]) -> None:
    """Print how long the loop was held, and the machine."""
    seen, beside = (f"{len(over(each, MOST_HELD))} times for over {1000 * MOST_HELD:.0f} ms "
                    f"(longest {1000 * longest(each):.0f} ms)" for each in (stalls, machine))  # fmt: skip
    click.echo(f"the loop seemed held {seen}, a process that does nothing {beside}")
    click.echo(f"the same bodies again, {_AGAIN} times, the least: {1000 * held:.0f} ms of the processor")


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


def tell_late(honest: list[Answer], crafted: list[Answer], stalls: list[Stall]) -> None:
    """Print of the latest honest answers what else was under way, and for how long the loop was not free meanwhile."""
    for late in sorted(honest, key=lambda answer: answer.seconds)[-_TOLD:]:
        until = late.began + late.seconds
        beside = Counter(each.what for each in crafted if each.began <= until and _ended(each) >= late.began)
        held = sum(stall.clock for stall in stalls if late.began <= stall.began <= until and stall.clock > LEAST)
        others = ", ".join(f"{count} {kind}" for kind, count in beside.most_common())
        click.echo(f"late: drawing {late.number}, {1000 * late.seconds:.0f} ms at {late.began:.3f}, the loop held for "
                   f"{1000 * held:.0f} ms by the clock; beside it {others}")  # fmt: skip


def _ended(answer: Answer) -> float:
    return answer.began + answer.seconds


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
        watched_machine(Path(folder) / "machine.jsonl"),
        ThreadPoolExecutor(_HONEST + 1) as pool,
        # Crafting bodies must not keep the honest clients from looking at their clock.
        ProcessPoolExecutor(1, get_context("spawn")) as other,
    ):

        def post_all(bodies: Sequence[int]) -> list[Answer]:
            return other.submit(attack, service.address, bodies, connections).result()

        memory = pool.submit(watch_memory, service.process, ended)
        clients = [pool.submit(be_honest, service.address, ended) for _ in range(_HONEST)]
        try:
            answers = post_all(numbers)
            time.sleep(_TOLD_WITHIN)
            stalls = read_stalls(service.told)
            held = own_stalls(service.told, stalls, answers, post_all)
        finally:
            ended.set()
        honest = [answer for client in clients for answer in client.result()]
        tell([*answers, *honest])
        tell_late(honest, answers, stalls)
        tell_stalls(held, stalls, read_stalls(Path(folder) / "machine.jsonl"))
        click.echo(f"memory {memory.result() / 1e6:.0f} MB")
        if cgroup is not None:
            click.echo(f"cgroup: {_cgroup_peak(cgroup) / 1e6:.0f} MB")
        check(held, memory.result(), honest)


def _cgroup_peak(cgroup: Path) -> int:
    for name in ("memory.peak", "memory.max_usage_in_bytes"):
        if (cgroup / name).is_file():
            return int((cgroup / name).read_text())
    raise WorkError(f"{cgroup}: no cgroup with a limit of memory")


if __name__ == "__main__":
    main()
