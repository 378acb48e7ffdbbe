"""What the service is told by its environment: `PYSAR_<NAME>`, in capitals."""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.common.errors import InputError
from src.config.paths import COLLECTED
from src.config.sections import NonNegative, Positive
from src.features.decoding.picture_file import LARGEST_PIXELS
from src.workspace.repository import find_root

S3 = "s3://"
"""Begins the address of samples that are kept in a bucket."""
PREFIX = "PYSAR_SERVE_"
_BUCKET = re.compile("s3://[A-Za-z0-9._-]+(/|$)")
_HOST = re.compile("[a-z0-9_-]+([.][a-z0-9_-]+)*")


def read_hosts(value: object) -> object:
    """Return the names of hosts in a text, as browsers write them: in lower case, others than Latin letters encoded.

    Raises:
        ValueError: One of them is no name.
    """
    if not isinstance(value, str):
        return value
    return frozenset(_read_host(name.strip()) for name in value.split(",") if name.strip())


def _read_host(name: str) -> str:
    try:
        read = name.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        read = ""
    if not _HOST.fullmatch(read):
        raise ValueError(f"{name!r} is no host's name; write it without scheme, port and path")
    return read


def check_place(value: str) -> str:
    """Return where samples are kept, which is a folder or a bucket.

    Raises:
        ValueError: It looks like an address and is none of a bucket, or is not whole: a folder of that name would be
            made, and its samples be lost with the container.
    """
    if ("://" in value and not value.startswith(S3)) or value.startswith("~"):
        raise ValueError(f"{value!r} is neither a folder nor {S3}bucket/prefix; write it so, without ~")
    if value.startswith(S3) and not _BUCKET.match(value):
        raise ValueError(f"{value!r} names no bucket; write {S3}bucket/prefix")
    return value


Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
"""As a browser says it: scheme, host and, where it is not the scheme's own, the port."""


def split_names(value: object) -> object:
    """Return the names in a text with commas between."""
    return frozenset(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """Limits of the service.

    max_body_bytes: A longer request is refused (413).
    max_pixels: A picture of more pixels is refused (415). The large pictures that are read at one time have no more
        in all. A pixel takes 12 bytes of memory.
    body_seconds: A body must arrive within this time (408).
    answer_seconds: A picture must be read within this time (504).
    max_waiting: This many requests may be open; more are sent away (503).
    drain_seconds: After SIGTERM the service reports "not ready" for this time, and then takes no new request.
    origins: Pages of these origins may ask it from a browser, e.g. https://letters.example.org; put commas between
        several. They cannot give drawings.
    registry_seconds: How often the registry is asked for a new champion, if the model is one of its names.
    samples: Where the drawings that people give are kept: a folder, or s3://bucket/prefix. The pipeline learns from
        those that are accepted in the default folder.
    samples_count, samples_bytes: How many drawings may be kept, and how many bytes; more are refused (507). In a folder
        all of them count, reviewed or not; with S3 those that wait here, and those sent and not deleted.
    hosts: Names by which browsers may call the service besides localhost and addresses, without ports, commas between
        them. Pages under other names cannot give drawings (403). A proxy must pass `Host` on unchanged.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, allow_inf_nan=False)

    max_body_bytes: Annotated[int, Field(ge=1000)] = 10_000_000
    max_pixels: Annotated[int, Field(ge=1000, le=LARGEST_PIXELS)] = LARGEST_PIXELS
    body_seconds: Positive = 10.0
    answer_seconds: Positive = 10.0
    max_waiting: Annotated[int, Field(ge=1)] = 256
    drain_seconds: NonNegative = 2.0
    origins: Annotated[frozenset[Origin], NoDecode, BeforeValidator(split_names)] = frozenset()
    registry_seconds: Positive = 30.0
    samples: Annotated[str, Field(min_length=1), AfterValidator(check_place)] = COLLECTED.as_posix()
    samples_count: Annotated[int, Field(ge=1)] = 50_000
    samples_bytes: Annotated[int, Field(ge=1)] = 1_000_000_000
    hosts: Annotated[frozenset[str], NoDecode, BeforeValidator(read_hosts)] = frozenset()


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        InputError: One of them is unknown or out of range; the message names it.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise InputError(f"{unknown[0]}: no such setting; correct it or unset it")
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = f"{PREFIX}{'.'.join(map(str, fault['loc'])).upper()}"
        raise InputError(f"{name}: {fault['msg']}; correct it or unset it") from None


def drawing_folder(settings: Settings, caller: Path) -> Path:
    """Return the folder of samples; a relative one lies in the repository of the folder `caller`, as the model does.

    Outside of a repository it lies in `caller`.
    """
    try:
        root = find_root(caller)
    except InputError:
        root = caller
    return root / settings.samples
