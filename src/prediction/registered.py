"""A version of the model from MLflow's registry, fetched once and kept."""

import json
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from mlflow.artifacts import download_artifacts
from mlflow.entities.model_registry import ModelVersion

from src.common.digests import bytes_digest, file_digest
from src.common.errors import InputError, WorkError
from src.common.files import replace_file
from src.prediction.model import read_model
from src.registry.open_registry import open_registry
from src.registry.registry import Registry
from src.tracking.store_address import hide_login, short_reason

KEPT = Path(".pysar/models")
"""Versions that were fetched, in the repository: `<number>-<which version>-<digest of the content>.onnx`."""
_NAME = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<number>[0-9]+))")
_FILE = "model.onnx"
_DIGITS = 16
"""Of a digest in a file's name."""


class Fetched(NamedTuple):
    """A version's number, and where its file is kept."""

    version: str
    path: Path


def fetch_registered(name: str, root: Path) -> Fetched:
    """Return a version of the registered model.

    Args:
        name: `models:/pysar@champion` or `models:/pysar/7`.
        root: The repository.

    Raises:
        InputError: It is no such name, or there is no such version.
        WorkError: The registry is away or refuses.
    """
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise InputError(f"{name}: say models:/pysar@champion, or models:/pysar/7 for version 7")
    with open_registry(root) as registry:
        return fetch_version(Registry(registry.client, parts["name"]), parts["number"] or parts["alias"], root)


def fetch_version(registry: Registry, number: str, root: Path) -> Fetched:
    """Return a version by its number or its alias; see `fetch_registered`."""
    version = registry.version(number)
    address = f"{str(version.source).rstrip('/')}/{_FILE}"
    path = _kept(root / KEPT, version) or _fetch(address, registry.client.tracking_uri, root / KEPT, version)
    return Fetched(str(version.version), path)


def check_version(registry: Registry, number: str, root: Path) -> None:
    """Let the model of a version read pictures on trial; `root` is the repository.

    Raises:
        InputError: There is no such version, or its model does not work or reads another alphabet than was registered.
        WorkError: It cannot be fetched.
    """
    model = read_model(fetch_version(registry, number, root).path)
    registered = registry.version(number).tags.get("alphabet", model.alphabet.labels)
    if model.alphabet.labels != registered:
        raise InputError(f"version {number}: its model reads another alphabet than was registered; evaluate it again")


def _kept(folder: Path, version: ModelVersion) -> Path | None:
    """Return the file that was kept of a version, if its content is still what was fetched."""
    for path in folder.glob(f"{_beginning(version)}-*.onnx"):
        if path.stem.rpartition("-")[2] == file_digest(path)[:_DIGITS]:
            return path
        path.unlink(missing_ok=True)
    return None


def _fetch(address: str, registry: str, folder: Path, version: ModelVersion) -> Path:
    with tempfile.TemporaryDirectory() as temporary_folder:
        try:
            fetched = Path(download_artifacts(address, dst_path=temporary_folder, tracking_uri=registry))
        except Exception as error:  # each kind of storage raises its own library's
            reason = short_reason(error, address)
            raise WorkError(f"{hide_login(address, address)}: cannot be fetched ({reason})") from error
        kept = folder / f"{_beginning(version)}-{file_digest(fetched)[:_DIGITS]}.onnx"
        with replace_file(kept) as temporary:
            temporary.write_bytes(fetched.read_bytes())
    return kept


def _beginning(version: ModelVersion) -> str:
    """Return how the name of a version's file begins: a run may have several, and a new store counts from 1 again."""
    which = json.dumps([version.name, version.version, version.run_id, version.creation_timestamp])
    return f"{version.version}-{bytes_digest(which.encode())[:_DIGITS]}"
