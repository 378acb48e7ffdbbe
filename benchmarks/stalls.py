"""When a loop was held, and when the machine held a process that does nothing: `python -m benchmarks.stalls FILE`.

The command only reads its clock, at the lowest priority, until it is ended. A virtual processor that its host takes
away for a moment shows as time of the processor in whatever runs on it; the command tells how long such moments are.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

LEAST = 0.02
"""Seconds; what is shorter is not told of."""


class Stall(NamedTuple):
    """A time in which nothing else could go on.

    began: By the system's clock.
    processor, clock: Seconds of the thread's processor time, and by the clock.
    """

    began: float
    processor: float
    clock: float

    def line(self) -> str:
        """Return it as a line of a file."""
        return json.dumps(self) + "\n"


def read_stalls(path: Path) -> list[Stall]:
    """Return what a file tells; its last line may still be being written."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return [Stall(*json.loads(line)) for line in lines if line.endswith("\n")]


def longest(stalls: list[Stall]) -> float:
    """Return the longest, in seconds of processor time."""
    return max((stall.processor for stall in stalls), default=0.0)


def over(stalls: list[Stall], seconds: float) -> list[Stall]:
    """Return those that took more processor time."""
    return [stall for stall in stalls if stall.processor > seconds]


def _watch_machine(path: Path) -> None:
    os.nice(19)
    with path.open("a", buffering=1, encoding="utf-8") as stalls:
        began, worked, started = time.time(), time.thread_time(), time.perf_counter()
        while True:
            stall = Stall(began, time.thread_time() - worked, time.perf_counter() - started)
            began, worked, started = time.time(), time.thread_time(), time.perf_counter()
            if stall.processor > LEAST:
                stalls.write(stall.line())


if __name__ == "__main__":
    _watch_machine(Path(sys.argv[1]))
