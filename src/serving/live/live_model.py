"""The model that answers, exchanged while the service runs whenever its source has another that works."""

import asyncio
import logging
from pathlib import Path
from typing import NamedTuple

from src.common.digests import bytes_digest
from src.common.errors import InputError
from src.common.printable import printable
from src.features.labels import Alphabet
from src.prediction.model import Model
from src.serving.live.model_source import Found, ModelSource

logger = logging.getLogger(__name__)

MOST_SECONDS = 0.05
"""A model may take so long for one picture: small ones are read where all other requests wait meanwhile."""
_SHOWN = 20
"""Characters of another alphabet that are told."""


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
    """The model of a source: what it has found, or what it finds now.

    now: Answers; a request that has begun ends with the one that it began with.

    Raises:
        PysarError, OSError: The model cannot be had or used.
    """

    def __init__(self, source: ModelSource, found: Found | None = None) -> None:
        found = found or source.look()
        if found is None:
            raise RuntimeError(f"{source.name}: this source has given its model to another service")
        self.source = source
        self._away: str | None = None
        self._away_told: type[Exception] | None = None
        self._refusal: str | None = None
        self._refused: str | None = None
        self.now: Loaded = _load(found, source.alphabet)

    @property
    def trouble(self) -> str | None:
        """Why what the source has now does not answer, in one line without the path of a folder; None if it does."""
        return self._away or self._refusal

    async def follow(self) -> None:
        """Look again and again, off the requests' way; what cannot be had or used is told of once."""
        while True:
            await asyncio.sleep(self.source.seconds)
            await asyncio.to_thread(self._look)

    def _look(self) -> None:
        try:
            found = self.source.look()
        except Exception as error:  # noqa: BLE001 - a registry's road has many libraries, and none may end this
            self._tell_away(error)
            return
        self._away = self._away_told = None
        if found is not None:
            self._try(found)

    def _try(self, found: Found) -> None:
        try:
            self.now = _load(found, self.source.alphabet)
        except Exception as error:  # noqa: BLE001 - whatever the file does to its reader, the model before it goes on
            self._tell_refused(found, error)
            self.source.refuse(found)
            return
        self._refusal = self._refused = None
        logger.info("%s: another model has taken over (%s)", self.source.name, self.now.digest[:12])

    def _tell_away(self, error: Exception) -> None:
        self._away = one_line(error, self.source.folder)
        if type(error) is not self._away_told:
            logger.warning("%s; the model before it goes on", one_line(error))
        self._away_told = type(error)

    def _tell_refused(self, found: Found, error: Exception) -> None:
        self._refusal, digest = one_line(error, self.source.folder), bytes_digest(found.content)
        if digest != self._refused:
            logger.warning("%s; the model before it goes on", one_line(error))
        self._refused = digest


def one_line(error: Exception, folder: Path | None = None) -> str:
    """Return what an error says, without the path of a folder."""
    said = " ".join(str(error).split()) or type(error).__name__
    return printable(said if folder is None else said.replace(f"{folder}/", ""))


def _load(found: Found, alphabet: Alphabet) -> Loaded:
    model = Model(found.content, str(found.path))
    if model.alphabet != alphabet:
        raise InputError(
            f"{found.path}: it reads another alphabet ({model.alphabet.labels[:_SHOWN]}…) than the task, "
            f"whose labels are {alphabet.labels[:_SHOWN]}…"
        )
    seconds = model.seconds_for_one()
    if seconds > MOST_SECONDS:
        raise InputError(
            f"{found.path}: too slow for a service: {1000 * seconds:.0f} ms for a picture, "
            f"of at most {1000 * MOST_SECONDS:.0f}; narrow it"
        )
    return Loaded(model, bytes_digest(found.content), found.path, found.version)
