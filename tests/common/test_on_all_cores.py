import os

import cv2
import pytest

from src.common.errors import InputError, WorkError
from src.common.on_all_cores import on_all_cores


def _square(number: int) -> int:
    return number * number


def _die(_: int) -> int:
    os._exit(9)


def _complain(number: int) -> int:
    raise InputError(f"{number}: no picture; fetch it again")


@pytest.mark.parametrize("count", [0, 1, 500, 1700])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_results_come_in_the_order_of_the_items(count: int, workers: int) -> None:
    numbers = range(count)
    assert on_all_cores(_square, numbers, "squaring", workers) == [number * number for number in numbers]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_killed_process_is_told_in_one_line() -> None:
    with pytest.raises(WorkError, match=r"^squaring: a process was killed; free some memory and run `dvc repro`$"):
        on_all_cores(_die, range(1200), "squaring", workers=2)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_error_of_the_work_arrives_as_it_is(workers: int) -> None:
    with pytest.raises(InputError, match=r"^0: no picture; fetch it again$"):
        on_all_cores(_complain, range(3), "squaring", workers)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_opencv_has_its_threads_back_afterwards() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        on_all_cores(_square, range(3), "squaring", workers=2)
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)
