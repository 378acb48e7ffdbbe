"""How quickly a network reads pictures, from the raw ones on, on one thread."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.emnist_learning import BATCH, Reader

_ALONE = 200
"""Pictures that are read one at a time."""
_TOGETHER = 30
"""Batches."""


class Speed(NamedTuple):
    """The median of one picture's milliseconds, and pictures a second in batches of 64."""

    milliseconds: float
    pictures_a_second: float


def time_reader(read: Reader, images: NDArray[np.uint8]) -> Speed:
    """Read some of the pictures alone, and some together."""
    alone, together = images[:_ALONE, None], [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    with _one_thread():
        for image in alone[: _ALONE // 10]:  # what is done once, such as choosing kernels, is not to count
            read(image)
        seconds = [_seconds(read, image) for image in alone]
        batches = [(len(batch), _seconds(read, batch)) for batch in together[:_TOGETHER]]
    rate = statistics.median(count / taken for count, taken in batches)
    return Speed(1000 * statistics.median(seconds), rate)


def _seconds(read: Reader, images: NDArray[np.uint8]) -> float:
    started = time.perf_counter()
    read(images)
    return time.perf_counter() - started


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
