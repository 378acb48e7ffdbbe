"""Models of other tasks that did not work when the service started: each is served once its file is one that works."""

import asyncio
import logging
from collections.abc import Mapping, MutableMapping
from typing import NamedTuple

from src.common.errors import PysarError
from src.serving.live.live_model import LiveModel, one_line
from src.serving.live.model_source import ModelSource

logger = logging.getLogger(__name__)


class Missing(NamedTuple):
    """Where a model is to come from, and why it is not served, in one line without the path of a folder."""

    source: ModelSource
    reason: str


def open_others(sources: Mapping[str, ModelSource]) -> tuple[dict[str, LiveModel], dict[str, Missing]]:
    """Return the models of tasks, and those that cannot be used, each of which is told of.

    These do not keep the service from starting: nobody asked for them by name, they only lie in the repository.
    """
    models, missing = dict[str, LiveModel](), dict[str, Missing]()
    for task, source in sources.items():
        try:
            models[task] = LiveModel(source)
        except (PysarError, OSError) as error:
            missing[task] = _missing(task, source, error)
    return models, missing


async def wait_for(task: str, models: MutableMapping[str, LiveModel], missing: MutableMapping[str, Missing]) -> None:
    """Look for a missing model again and again; serve it once it works, and follow it from then on."""
    source = missing[task].source
    while task in missing:
        await asyncio.sleep(source.seconds)
        try:
            live = await asyncio.to_thread(_another, source)
        except (PysarError, OSError) as error:
            if one_line(error, source.folder) != missing[task].reason:
                missing[task] = _missing(task, source, error)
            continue
        if live is not None:
            models[task] = live
            del missing[task]
            logger.info("%s: served from now on (%s)", task, source.name)
    await models[task].follow()


def _another(source: ModelSource) -> LiveModel | None:
    found = source.look()
    return None if found is None else LiveModel(source, found)


def _missing(task: str, source: ModelSource, error: Exception) -> Missing:
    logger.warning("%s: not served: %s", task, one_line(error))
    return Missing(source, one_line(error, source.folder))
