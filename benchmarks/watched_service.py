"""The service, and how long its event loop is held: `python -m benchmarks.watched_service FILE`.

FILE gets a line for each time that more than 20 ms lay between two turns of the loop, as `benchmarks.stalls` reads
them, and one every second. By the clock, other work on the machine lengthens a turn; of the processor it does not.
"""

import asyncio
import contextlib
import sys
import time
from pathlib import Path

import cv2
import uvloop

from benchmarks.stalls import LEAST, Stall
from src.commands.serve import listen
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource
from src.serving.server import Server, prepare_process
from src.serving.settings import read_settings

_PAUSE = 0.002


async def _watch(server: Server, path: Path) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, and no event
        await asyncio.sleep(_PAUSE)
    told = time.time()
    with path.open("a", buffering=1, encoding="utf-8") as stalls:
        while True:
            began, started, worked = time.time(), time.perf_counter(), time.thread_time()
            await asyncio.sleep(_PAUSE)
            processor, clock = time.thread_time() - worked, time.perf_counter() - started - _PAUSE
            if max(processor, clock) > LEAST or began - told > 1:
                told = began
                stalls.write(Stall(began, processor, clock).line())


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
