"""Broken pictures against POST /predict: `python -m benchmarks.fuzz_pictures --count 100000`.

Starts the service, posts broken picture files over several connections, and fails where an answer is a 5xx or comes
later than the service allows itself, or where the service dies. What comes late is posted once more, alone: on a
machine that has other work everything is late now and then. A picture has a number, by which it is made again:
`--first 123 --count 1 --keep FOLDER`.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.mutations import mutated
from benchmarks.picture_seeds import picture_seeds
from benchmarks.service import Service, running_service
from src.common.command import Command
from src.common.errors import WorkError
from src.common.progress import progress_bar
from src.prediction.model_file import RELEASED
from src.serving.settings import Settings

CONNECTIONS = 6
LIMIT = Settings().answer_seconds
"""Seconds within which the service must have answered, whatever it was sent."""
_PATIENCE = 3 * LIMIT
_TOLD = 20
"""So many failures are named."""


class Answer(NamedTuple):
    """What came back for the picture of a number; status 0: no answer at all."""

    number: int
    status: int
    seconds: float
    said: str

    @property
    def late(self) -> bool:
        """Whether it came later than the service allows itself."""
        return self.seconds > LIMIT

    @property
    def failed(self) -> bool:
        """Whether the service must not answer so."""
        return self.late or self.status == 0 or self.status >= 500


def broken_picture(seeds: Sequence[bytes], number: int) -> bytes:
    """Return the picture of a number, the same at each call."""
    return mutated(seeds, np.random.default_rng(number))


def post_all(service: Service, seeds: Sequence[bytes], numbers: range) -> Iterator[Answer]:
    """Post the pictures of these numbers over one connection, which is opened again where the service closes it."""
    host = service.address.removeprefix("http://")
    connection = HTTPConnection(host, timeout=_PATIENCE)
    for number in numbers:
        content, started = broken_picture(seeds, number), time.perf_counter()
        try:
            connection.request("POST", "/predict?image=true", content)
            response = connection.getresponse()
            status, said = response.status, response.read().decode()
        except (OSError, HTTPException) as error:
            connection.close()
            status, said = 0, f"{type(error).__name__}: {error}"
        yield Answer(number, status, time.perf_counter() - started, said)
        if service.process.poll() is not None:
            break
    connection.close()


def fuzz(service: Service, numbers: range, connections: int = CONNECTIONS) -> list[Answer]:
    """Post the pictures of these numbers over several connections; ends early where the service dies."""
    seeds = picture_seeds()
    with progress_bar("posting", len(numbers)) as advance, ThreadPoolExecutor(connections) as pool:

        def work(own: range) -> list[Answer]:
            answers = []
            for answer in post_all(service, seeds, own):
                answers.append(answer)
                advance(1, "")
            return answers

        shares = [numbers[start::connections] for start in range(connections)]
        answers = [answer for answers in pool.map(work, shares) for answer in answers]
    return [answer for first in answers for answer in (_again(service, seeds, first) if first.late else [first])]


def _again(service: Service, seeds: Sequence[bytes], late: Answer) -> list[Answer]:
    click.echo(f"picture {late.number}: {late.status} after {late.seconds:.1f} s; once more, alone", err=True)
    return list(post_all(service, seeds, range(late.number, late.number + 1))) or [late]


def answers_table(answers: Sequence[Answer]) -> Table:
    """Return how many answers had which status, and how long the slowest of them took."""
    times = defaultdict(list)
    for answer in answers:
        times[answer.status].append(answer.seconds)
    table = Table(box=SIMPLE_HEAD)
    for header in ("status", "answers", "median, ms", "slowest, ms"):
        table.add_column(header, justify="right")
    for status, seconds in sorted(times.items()):
        row = (f"{len(seconds):,}", f"{1000 * np.median(seconds):.1f}", f"{1000 * max(seconds):.0f}")
        table.add_row(str(status or "none"), *row)
    return table


def check(service: Service, answers: Sequence[Answer], numbers: range) -> None:
    """Fail where an answer must not be.

    Raises:
        WorkError: It names what was sent and what came back.
    """
    failures = [answer for answer in answers if answer.failed]
    for answer in failures[:_TOLD]:
        what = f"{answer.status} after {answer.seconds:.1f} s: {answer.said[:200]}"
        click.echo(f"picture {answer.number}: {what}", err=True)
    if service.process.poll() is not None:
        raise WorkError(f"the service died ({service.process.returncode}): {service.log.read_text('utf-8')[-500:]}")
    if failures or len(answers) < len(numbers):
        raise WorkError(f"{len(failures)} of {len(numbers):,} pictures were not answered as they should be")
    if "Traceback" in service.log.read_text("utf-8", "replace"):
        raise WorkError(f"the service said: {service.log.read_text('utf-8', 'replace')[-2000:]}")


@click.command(cls=Command)
@click.option("--count", type=click.IntRange(1), default=100_000, show_default=True, help="So many pictures.")
@click.option("--first", type=click.IntRange(0), default=0, show_default=True, help="Number of the first.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Only write the pictures there.")
def main(count: int, first: int, keep: Path | None) -> None:
    """Post broken pictures to the service, and print what it answered."""
    numbers = range(first, first + count)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (keep / str(number)).write_bytes(broken_picture(picture_seeds(), number))
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Path(folder), ["--model", str(RELEASED)]) as service,
    ):
        fuzz(service, range(500))  # caches fill, so that growth below is a leak
        process = psutil.Process(service.process.pid)
        before, started = process.memory_info().rss, time.perf_counter()
        answers = fuzz(service, numbers)
        seconds = time.perf_counter() - started
        Console().print(answers_table(answers))
        after = process.memory_info().rss if process.is_running() else 0
        click.echo(f"{len(answers):,} pictures in {seconds:.0f} s; memory {before / 1e6:.0f} -> {after / 1e6:.0f} MB")
        check(service, answers, numbers)


if __name__ == "__main__":
    main()
