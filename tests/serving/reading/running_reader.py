"""A reader of pictures as the service has one, for the time of a test."""

import asyncio
from collections.abc import Awaitable, Callable

import psutil

from src.serving.reading.reader import Reader
from tests.serving.reading.costly_pictures import LARGEST

SECONDS = 60.0


def run(work: Callable[[Reader], Awaitable[None]], largest: int = LARGEST) -> None:
    """Do something with a reader."""
    others = set(psutil.Process().children(recursive=True))

    async def do() -> None:
        reader = Reader(largest, 64)
        await reader.start()
        try:
            await work(reader)
        finally:
            await reader.close()
        assert set(psutil.Process().children(recursive=True)) <= others

    asyncio.run(do())
