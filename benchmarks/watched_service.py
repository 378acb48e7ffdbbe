"""The service, and how long its event loop is held: `python -m benchmarks.watched_service FILE`.

FILE gets, once a second, the longest time so far between two turns of the loop: by the clock, and of the processor for
that thread, which other work on the machine does not lengthen.
"""

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path

import cv2
import uvloop

from src.files import write_text
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.model_source import FileSource
from src.serving.serve import listen
from src.serving.server import Server, prepare_process
from src.serving.settings import read_settings

_PAUSE = 0.002


async def _watch(server: Server, path: Path) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, and no event
        await asyncio.sleep(_PAUSE)
    longest = held = 0.0
    told = time.perf_counter()
    while True:
        started, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(_PAUSE)
        longest = max(longest, time.perf_counter() - started - _PAUSE)
        held = max(held, time.thread_time() - worked)
        if time.perf_counter() - told > 1:
            told = time.perf_counter()
            write_text(path, json.dumps({"clock": longest, "processor": held}))


async def _serve(path: Path) -> None:
    server = Server(create_app(read_settings(), FileSource(RELEASED)))
    prepare_process()
    with listen("127.0.0.1", 0) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/ ", file=sys.stderr, flush=True)  # noqa: T201
        watching = asyncio.create_task(_watch(server, path))
        await server.serve(sockets=[listener])
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


if __name__ == "__main__":
    cv2.setNumThreads(1)
    uvloop.run(_serve(Path(sys.argv[1])))
