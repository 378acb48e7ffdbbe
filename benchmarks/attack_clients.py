"""The clients of `benchmarks.attack`: who post crafted bodies, and who post drawings and wait for an answer."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from threading import Event
from typing import NamedTuple

from benchmarks.crafted import BOUNDARY, crafted_body
from benchmarks.picture_seeds import picture_seeds
from src.common.progress import progress_bar

PAUSE = 0.1
"""Seconds between an honest client's answer and its next drawing."""
_PATIENCE = 60
_FORM = f"multipart/form-data; boundary={BOUNDARY}"


class Answer(NamedTuple):
    """What came back.

    status: 0 where there was no answer.
    number: Of the crafted body, or of the honest client's drawing.
    began: By the system's clock.
    """

    what: str
    status: int
    seconds: float
    number: int
    began: float


def post(connection: HTTPConnection, what: str, content: bytes, sent_as: str = "", number: int = -1) -> Answer:
    """Post a body; the connection is opened again where the service has closed it."""
    began, started = time.time(), time.perf_counter()
    try:
        connection.request("POST", "/predict", content, {"Content-Type": sent_as} if sent_as else {})
        response = connection.getresponse()
        response.read()
        status = response.status
    except (OSError, HTTPException):
        connection.close()
        status = 0
    return Answer(what, status, time.perf_counter() - started, number, began)


def attack(address: str, numbers: Sequence[int], connections: int) -> list[Answer]:
    """Post the bodies of these numbers over several connections."""
    with progress_bar("posting", len(numbers)) as advance, ThreadPoolExecutor(connections) as pool:

        def work(own: Sequence[int]) -> list[Answer]:
            connection = HTTPConnection(address, timeout=_PATIENCE)
            answers = []
            for number in own:
                kind, content = crafted_body(number)
                answers.append(post(connection, kind, content, _FORM if kind == "forms" else "", number))
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
        number = len(answers) % len(drawings)
        answers.append(post(connection, "honest", drawings[number], number=number))
        ended.wait(PAUSE)
    connection.close()
    return answers
