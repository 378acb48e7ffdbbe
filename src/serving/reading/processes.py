"""The service's end of its reading processes: start one, ask it, end it."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping

from src.common.errors import WorkError
from src.serving.reading.job import NUMBER, Job, Reply, job_head, parse_reply

_SAFE = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_", "LD_", "PYTHON", "VIRTUAL_ENV")
"""Begins what the processes get of the environment: keys and passwords are not for who reads strangers' files."""
_START_SECONDS, _AGAIN_SECONDS = 20.0, 0.05
_END_SECONDS, _HANG_SECONDS = 5.0, 60.0
"""Within which a template tells a status, and a process that was killed ends, however much it gives way."""
_AT_ONCE = 65_536
_LONG_BUFFER = 131_072

logger = logging.getLogger(__name__)


class GoneError(Exception):
    """A process has ended before it answered."""


class ReadingProcess:
    """A process that reads one picture at a time."""

    def __init__(self, channel: socket.socket, identity: int, template: "subprocess.Popen[bytes]") -> None:
        self.channel, self.identity, self.template = channel, identity, template

    async def ask(self, job: Job, content: bytes) -> Reply:
        """Have a picture read. Who gives up half-way must end the process.

        Raises:
            GoneError: It has ended.
        """
        loop, received = asyncio.get_running_loop(), bytearray()
        try:
            await self._send(job_head(job, content), content)
            while (reply := parse_reply(received)) is None:
                part = await loop.sock_recv(self.channel, _AT_ONCE)
                if not part:
                    raise GoneError
                received += part
        except (OSError, ValueError, TypeError):
            raise GoneError from None
        return reply

    async def _send(self, head: bytes, content: bytes) -> None:
        loop = asyncio.get_running_loop()
        # Head and content wake the process once.
        await loop.sock_sendall(self.channel, head + content[:_AT_ONCE])
        rest = memoryview(content)[_AT_ONCE:]
        for start in range(0, len(rest), _AT_ONCE):
            # To one who reads as fast as we write, the system would take 10 MB at once.
            await asyncio.sleep(0)
            await loop.sock_sendall(self.channel, rest[start : start + _AT_ONCE])


class Processes:
    """Starts and ends reading processes; its template is started again where somebody has killed it."""

    def __init__(self) -> None:
        self._template: subprocess.Popen[bytes] | None = None
        self._control = socket.socket()
        self._lock = asyncio.Lock()

    async def start(self) -> ReadingProcess:
        """Start a process.

        Raises:
            WorkError: None can be had.
        """
        try:
            async with asyncio.timeout(_START_SECONDS):
                while True:
                    template = self._living_template()
                    with contextlib.suppress(OSError, GoneError):
                        return await self._start(template)
                    # It takes a moment until a template that was killed is seen to be dead.
                    await asyncio.sleep(_AGAIN_SECONDS)
                    if template.poll() is None:
                        break
        except TimeoutError:
            pass
        raise WorkError("no process can be had to read a picture; free some memory")

    def _living_template(self) -> "subprocess.Popen[bytes]":
        if self._template is None or self._template.poll() is not None:
            self._template = self._open()
        return self._template

    async def _start(self, template: "subprocess.Popen[bytes]") -> ReadingProcess:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [bytes(NUMBER)], [theirs.fileno()])
            ours.setblocking(False)
            identity = int.from_bytes(await asyncio.get_running_loop().sock_recv(ours, NUMBER))
        except BaseException:
            ours.close()
            raise
        if not identity:
            ours.close()
            raise GoneError
        return ReadingProcess(ours, identity, template)

    def _open(self) -> "subprocess.Popen[bytes]":
        self._control.close()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        command = [sys.executable, "-m", "src.serving.reading.process", str(theirs.fileno())]
        with theirs:
            return subprocess.Popen(  # noqa: S603  # our own words
                command, pass_fds=[theirs.fileno()], env=_environment(os.environ),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    async def end(self, process: ReadingProcess) -> int | None:
        """End a process, and return the signal that it has died of.

        None where that is not known: its template is gone, and it with it, or it hangs in the system.
        """
        process.channel.close()
        if process.template is not self._template or process.template.poll() is not None:
            return None
        try:
            async with asyncio.timeout(_HANG_SECONDS):
                await _kill_and_wait(process.identity)
        except TimeoutError:
            logger.warning("a reading process (%d) was killed and does not end", process.identity)
            return None
        except OSError:
            return None
        try:
            async with asyncio.timeout(_END_SECONDS):
                status = await self._ask_for_status(process.identity)
        except TimeoutError:
            logger.warning("the template of the reading processes does not answer; all are started again")
            self._kill()
            return None
        except OSError:
            return None
        return int.from_bytes(status) & 0x7F if len(status) == NUMBER else None

    async def _ask_for_status(self, identity: int) -> bytes:
        loop = asyncio.get_running_loop()
        async with self._lock:
            await loop.sock_sendall(self._control, identity.to_bytes(NUMBER))
            return await loop.sock_recv(self._control, NUMBER)

    async def close(self) -> None:
        """End all."""
        self._control.close()
        if self._template is not None:
            try:
                await asyncio.to_thread(self._template.wait, _END_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill()

    def _kill(self) -> None:
        if self._template is not None:
            self._template.kill()
            self._template.wait()


async def _kill_and_wait(identity: int) -> None:
    """Kill a process, and wait until it has ended; it keeps its number until its template is asked for its status.

    One with much memory takes seconds to end where it gives way to many others. Its template would wait as long, and
    nobody could have another process meanwhile.
    """
    os.kill(identity, signal.SIGKILL)
    if not hasattr(os, "pidfd_open"):
        return
    descriptor, ended, loop = os.pidfd_open(identity), asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what the template may know of an environment.

    It has one thread, for a process of many cannot be forked. Long buffers go back to the system as soon as they are
    free: those that stay would keep what the largest picture took.
    """
    kept = {name: value for name, value in ours.items() if name.startswith(_SAFE)}
    own = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": str(_LONG_BUFFER)}
    return kept | own | {"PYTHONPATH": os.pathsep.join(sys.path)}
