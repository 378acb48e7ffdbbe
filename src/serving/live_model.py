"""The model that answers, exchanged while the service runs whenever its file is."""

import asyncio
import logging
from pathlib import Path

from src.errors import InputError
from src.files import file_digest
from src.prediction.model import Model, read_model

POLL_SECONDS = 1.0

logger = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


class LiveModel:
    """A model and the file it came from.

    model: Answers; a request that has begun ends with the one that it began with.
    digest: SHA-256 of its file.

    Raises:
        InputError: The file is missing, or is no model of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)
        self.model: Model = read_model(path)
        self.digest = file_digest(path)

    async def follow(self, seconds: float = POLL_SECONDS) -> None:
        """Look at the file again and again; one that cannot be used is told of once, and the old model goes on."""
        while True:
            await asyncio.sleep(seconds)
            stamp = _stamp(self.path)
            if stamp is not None and stamp != self._stamp:
                self._stamp = stamp
                await self._take()

    async def _take(self) -> None:
        try:
            model, digest = await asyncio.to_thread(lambda: (read_model(self.path), file_digest(self.path)))
        except (InputError, OSError) as error:
            logger.warning("%s; the model before it goes on", error)
            return
        self.model, self.digest = model, digest
        logger.info("%s: another model has taken over (%s)", self.path, digest[:12])


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
