"""What the machine does while a stage runs, as MLflow's own monitors measure it: CPU, memory, disk, network, GPU.

MLflow's own thread writes to the store by itself and ends for good when that is away once. This one only measures: the
stage's outbox takes what was measured along with its next message, and keeps it where MLflow is away.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import psutil

logger = logging.getLogger(__name__)

_ENABLED = "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"
"""MLflow's variable; `false` turns this off."""
_INTERVAL = "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"
SECONDS = 10.0
"""Between two points, where _INTERVAL does not say otherwise."""
_MOST_POINTS = 5000
"""Kept while MLflow is away: fourteen hours; older ones go."""
_END_SECONDS = 2.0


class Point(NamedTuple):
    """Figures at a time in milliseconds, by the names that MLflow gives them, such as `cpu_utilization_percentage`."""

    at: int
    figures: Mapping[str, float]


class Monitor(Protocol):
    """What MLflow's monitors have in common."""

    def collect_metrics(self) -> Any:  # noqa: ANN401 - MLflow's
        """Measure."""

    def aggregate_metrics(self) -> Any:  # noqa: ANN401 - MLflow's
        """Return a mapping of the means of what was measured."""

    def clear_metrics(self) -> Any:  # noqa: ANN401 - MLflow's
        """Begin anew."""


class SystemMetrics:
    """A thread that measures from `start` to `stop`; an error ends the measuring, and nothing else."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=_MOST_POINTS)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="system metrics", daemon=True)

    def start(self) -> None:
        """Begin; there is a point after each interval, and one at the end."""
        try:
            self._thread.start()
        except RuntimeError as error:  # the machine gives no more threads
            logger.warning("what the machine does is not recorded: %s", error)

    def take(self) -> list[Point]:
        """Return what was measured since this was called last."""
        return [self._points.popleft() for _ in range(len(self._points))]

    def stop(self) -> None:
        """Measure for the last time."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        try:
            seconds = _interval()
            if seconds is None:
                return
            psutil.cpu_percent()  # which counts from its last call in this thread
            monitors = list(_monitors())
            while not self._stopped.wait(seconds):
                self._measure(monitors)
            self._measure(monitors)
        except Exception as error:  # noqa: BLE001 - the training must not be told of it by a traceback
            logger.warning("what the machine does is not recorded any more: %s", " ".join(str(error).split()))

    def _measure(self, monitors: list[Monitor]) -> None:
        figures: dict[str, float] = {}
        for monitor in monitors:
            monitor.collect_metrics()
            figures |= monitor.aggregate_metrics()
            monitor.clear_metrics()
        self._points.append(Point(time.time_ns() // 1_000_000, figures))


def _interval() -> float | None:
    """Return the seconds between two points; None where there are to be none."""
    if os.environ.get(_ENABLED, "true").lower() not in {"true", "1"}:
        return None
    return float(os.environ.get(_INTERVAL) or SECONDS)


def _monitors() -> Iterator[Monitor]:
    """Yield those that work here: a container may have no network, and most machines have no GPU."""
    # Imported here because MLflow takes four seconds, which the stage has spent already where it answers.
    from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor  # noqa: PLC0415  # as said
    from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor  # noqa: PLC0415
    from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor  # noqa: PLC0415
    from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor  # noqa: PLC0415

    kinds: tuple[Callable[[], Monitor], ...] = (CPUMonitor, DiskMonitor, NetworkMonitor, GPUMonitor)
    for kind in kinds:
        try:
            monitor = kind()
            monitor.collect_metrics()
            monitor.clear_metrics()
        except Exception as error:  # noqa: BLE001 - each kind raises its own library's
            logger.debug("%s does not work here: %s", kind, error)
        else:
            yield monitor
