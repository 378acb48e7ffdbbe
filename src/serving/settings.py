"""What the service is told by its environment: `PYSAR_<NAME>`, in capitals."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from src.errors import InputError
from src.repository import find_root
from src.sections import Positive, Strict

S3 = "s3://"
"""Begins the address of samples that are kept in a bucket."""
_PREFIX = "PYSAR_SERVE_"


class Settings(Strict):
    """Limits of the service.

    max_body_bytes: A longer request is refused (413).
    max_pixels: A picture of more is refused (415).
    body_seconds: A body must have come within so long (408).
    answer_seconds: A picture must be read within so long (504).
    max_waiting: So many requests may be under way; more are sent away (503).
    registry_seconds: So often the registry is asked for another champion, where the model is one of its names.
    samples: Where drawings are kept that their writers give away: a folder, or s3://bucket/prefix. The pipeline learns
        from those that are accepted in the default.
    """

    max_body_bytes: Annotated[int, Field(ge=1000)] = 10_000_000
    max_pixels: Annotated[int, Field(ge=1000)] = 20_000_000
    body_seconds: Positive = 10.0
    answer_seconds: Positive = 10.0
    max_waiting: Annotated[int, Field(ge=1)] = 256
    registry_seconds: Positive = 30.0
    samples: Annotated[str, Field(min_length=1)] = "data/collected"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises:
        InputError: One of them is unknown or out of range; the message names it.
    """
    given = {
        name.removeprefix(_PREFIX).lower(): value for name, value in environment.items() if name.startswith(_PREFIX)
    }
    try:
        return Settings.model_validate_strings(given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = f"{_PREFIX}{'.'.join(map(str, fault['loc'])).upper()}"
        raise InputError(f"{name}: {fault['msg']}; correct it or unset it") from None


def sample_folder(settings: Settings, caller: Path) -> Path:
    """Return the folder of samples; a relative one lies in the repository of the folder `caller`, as the model does.

    Outside of a repository it lies in `caller`.
    """
    try:
        root = find_root(caller)
    except InputError:
        root = caller
    return root / settings.samples
