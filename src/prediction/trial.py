"""A trial reading: a model answers with numbers, to one picture and to several, or it is none."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from src.features.picture.grey import Grey
from src.models.verdict.verdict import judge
from src.prediction.interface import Interface, shown

TRIAL_SECONDS = 10.0
"""A trial that takes longer is ended; ours takes about 10 ms."""
OUTPUTS = ("label", "case", "score")

_TIMINGS = 5

Floats = NDArray[np.float32]
Run = Callable[[Grey, Floats, onnxruntime.RunOptions | None], list[Floats]]


def trial_pictures(side: int) -> Grey:
    """Return (3, side, side) pictures, white ink on black: blank, an upright stroke, a ring."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    radius = np.hypot(rows, columns)
    stroke = (abs(columns) < side / 14) & (abs(rows) < side / 3)
    ring = abs(radius - side / 4) < side / 14
    pictures: Grey = np.stack([np.zeros_like(stroke), stroke, ring]).astype(np.uint8) * 255
    return pictures


def find_fault(run: Run, interface: Interface, seconds: float = TRIAL_SECONDS) -> str | None:
    """Let a model read pictures, alone and together, with their heights told and not; return what is wrong, or None.

    Args:
        run: Calls the network: pictures, heights, and options by which a run can be ended.
        interface: What the model's file says of it.
        seconds: For all of it.
    """
    pictures = trial_pictures(interface.side)
    count = len(pictures)
    unknown, known = np.full(count, np.nan, np.float32), np.full(count, 0.5, np.float32)
    rounds = ((pictures[-1:], unknown[-1:]), (pictures, unknown), (pictures, known))
    with _ended_after(seconds) as options:
        try:
            faults = (_fault_of(run(*given, options), len(given[0]), interface) for given in rounds)
            return next(filter(None, faults), None)
        except Exception as error:  # noqa: BLE001 - onnxruntime's own classes have no common parent
            if options.terminate:
                return f"too slow: it did not read {count} pictures within {seconds:g} s"
            return f"it cannot read ({shown(str(error))})"


def seconds_for_one(run: Run, side: int) -> float:
    """Return how long a model takes for one picture: the shortest of some times."""
    image, height = trial_pictures(side)[1:2], np.full(1, np.nan, np.float32)
    times = []
    for _ in range(_TIMINGS):
        started = time.perf_counter()
        run(image, height, None)
        times.append(time.perf_counter() - started)
    return min(times)


@contextmanager
def _ended_after(seconds: float) -> Iterator[onnxruntime.RunOptions]:
    options = onnxruntime.RunOptions()
    timer = Timer(seconds, setattr, (options, "terminate", True))
    timer.daemon = True
    timer.start()
    try:
        yield options
    finally:
        timer.cancel()


def _fault_of(outputs: list[Floats], count: int, interface: Interface) -> str | None:
    alphabet, calibration = interface.alphabet, interface.calibration
    shapes = ((count, len(alphabet)), (count,), (count,))
    for name, values, shape in zip(OUTPUTS, outputs, shapes, strict=True):
        if values.shape != shape:
            return f"its output {name!r} for {count} pictures is of shape {values.shape}, not {shape}"
        if not np.isfinite(values).all():
            return f"its output {name!r} is not a number (NaN or infinity): its weights are damaged"
    label, case, score = outputs
    if count > 1 and not np.ptp(label, axis=0).any():
        return "it says the same of every picture: its weights are lost"
    with np.errstate(all="ignore"):
        for n in range(count):
            verdict = judge(
                label[n], float(case[n]), float(score[n]), calibration, height_known=True, alphabet=alphabet
            )
            told = (*verdict.probabilities, verdict.uppercase_probability or 0.0)
            if not np.isfinite(told).all():
                return "its calibration makes no probabilities of its logits"
    return None
