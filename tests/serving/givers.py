"""People who give drawings away to a service, several at a time, until it is killed."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from benchmarks.service import Service
from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from tests.given_drawings import sample

GIVERS = 4


def given(number: int) -> GivenDrawing:
    """Return the sample of a number."""
    return GivenDrawing.model_validate(sample(writer=f"writer-{number:06d}"))


def identity_of(given: GivenDrawing) -> str:
    return hashlib.sha256(drawing_content(given)).hexdigest()


def give_until_killed(service: Service, first: int, enough: int) -> dict[str, GivenDrawing]:
    """Give samples, each of them twice at once, kill the service amid them, and return the acknowledged ones by id.

    Args:
        service: Is dead afterwards.
        first: Number of the first sample.
        enough: So many are acknowledged before the kill.
    """
    acknowledged: dict[str, GivenDrawing] = {}
    reached = Event()

    def give(giver: int) -> None:
        number = first + giver // 2
        with httpx.Client(base_url=service.address, timeout=60) as client:
            while True:
                own = given(number)
                try:
                    answer = client.post("/samples", json=own.model_dump())
                except httpx.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged[answer.json()["id"]] = own
                if len(acknowledged) >= enough:
                    reached.set()
                number += GIVERS // 2

    _in_threads(give, lambda: _kill(service, reached))
    assert all(identity == identity_of(own) for identity, own in acknowledged.items())
    return acknowledged


def _kill(service: Service, reached: Event) -> None:
    assert reached.wait(120)
    service.process.kill()
    service.process.wait()


def _in_threads(give: Callable[[int], None], kill: Callable[[], None]) -> None:
    with ThreadPoolExecutor(GIVERS) as pool:
        givers = [pool.submit(give, giver) for giver in range(GIVERS)]
        kill()
    for giver in givers:
        giver.result()
