import signal
import threading

import pytest

from src.common.interruption import end_status, sigterm_as_exit


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "FINISHED"),
        (SystemExit(), "FINISHED"),
        (SystemExit(0), "FINISHED"),
        (SystemExit(1), "FAILED"),
        (SystemExit("no"), "FAILED"),
        (ValueError(), "FAILED"),
        (SystemExit(143), "KILLED"),
        (SystemExit(130), "KILLED"),
        (KeyboardInterrupt(), "KILLED"),
    ],
)
def test_the_status_tells_a_stop_from_a_failure(error: BaseException | None, status: str) -> None:
    assert end_status(error) == status


def test_sigterm_leaves_the_block_with_143_and_then_kills_again() -> None:
    with pytest.raises(SystemExit) as stopped, sigterm_as_exit():
        signal.raise_signal(signal.SIGTERM)
    assert stopped.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_of_the_caller_stays() -> None:
    received: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    try:
        with sigterm_as_exit():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]


def test_in_a_thread_the_block_runs_as_it_is() -> None:
    done: list[bool] = []

    def work() -> None:
        with sigterm_as_exit():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
