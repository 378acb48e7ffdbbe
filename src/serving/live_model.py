"""The model that answers, exchanged while the service runs whenever its source has another."""

import asyncio
import hashlib
import logging
from pathlib import Path
from typing import NamedTuple

from src.errors import InputError
from src.prediction.model import Model
from src.serving.model_source import Found, ModelSource

logger = logging.getLogger(__name__)


class Loaded(NamedTuple):
    """A model that answers, and what is known of it.

    digest: SHA-256 of its file.
    version: Its number in the registry; None where it comes from a file.
    """

    model: Model
    digest: str
    path: Path
    version: str | None


class LiveModel:
    """The model of a source.

    now: Answers; a request that has begun ends with the one that it began with.

    Raises:
        PysarError, OSError: The model cannot be had or used.
    """

    def __init__(self, source: ModelSource) -> None:
        self.source = source
        self._told: type[Exception] | None = None
        loaded = _look(source)
        if loaded is None:
            raise RuntimeError(f"{source.name}: this source has given its model to another service")
        self.now: Loaded = loaded

    async def follow(self) -> None:
        """Look again and again, off the requests' way; what cannot be had or used is told of once."""
        while True:
            await asyncio.sleep(self.source.seconds)
            try:
                loaded = await asyncio.to_thread(_look, self.source)
            except Exception as error:  # noqa: BLE001 - a registry's road has many libraries, and none may end this
                self._tell(error)
                continue
            self._told = None
            if loaded is not None:
                self.now = loaded
                logger.info("%s: another model has taken over (%s)", self.source.name, loaded.digest[:12])

    def _tell(self, error: Exception) -> None:
        if type(error) is not self._told:
            logger.warning("%s; the model before it goes on", " ".join(str(error).split()) or type(error).__name__)
        self._told = type(error)


def _look(source: ModelSource) -> Loaded | None:
    found = source.look()
    return None if found is None else _load(source, found)


def _load(source: ModelSource, found: Found) -> Loaded:
    try:
        model = Model(found.content, str(found.path))
    except InputError:
        source.refuse(found)
        raise
    return Loaded(model, hashlib.sha256(found.content).hexdigest(), found.path, found.version)
