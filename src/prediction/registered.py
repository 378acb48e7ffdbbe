"""A version of the model from MLflow's registry, fetched once and kept."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from mlflow.artifacts import download_artifacts

from src.errors import InputError, WorkError
from src.files import replace_file
from src.models.open_registry import open_registry
from src.models.registry import Registry
from src.models.store_address import hide_login, short_reason

KEPT = Path(".pysar/models")
"""Versions that were fetched, in the repository."""
_NAME = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<number>[0-9]+))")
_FILE = "model.onnx"


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
        version = Registry(registry.client, parts["name"]).version(parts["number"] or parts["alias"])
        kept = root / KEPT / f"{version.run_id}.onnx"
        if not kept.is_file():
            _fetch(f"{str(version.source).rstrip('/')}/{_FILE}", registry.client.tracking_uri, kept)
    return Fetched(str(version.version), kept)


def _fetch(address: str, registry: str, kept: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            fetched = download_artifacts(address, dst_path=folder, tracking_uri=registry)
        except Exception as error:  # each kind of storage raises its own library's
            reason = short_reason(error, address)
            raise WorkError(f"{hide_login(address, address)}: cannot be fetched ({reason})") from error
        with replace_file(kept) as temporary:
            temporary.write_bytes(Path(fetched).read_bytes())
