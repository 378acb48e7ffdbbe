"""A version of the model from MLflow's registry, fetched once and kept."""

import re
import tempfile
from pathlib import Path

from mlflow.artifacts import download_artifacts

from src.errors import InputError
from src.files import replace_file
from src.models.open_registry import open_registry
from src.models.registry import Registry

KEPT = Path(".pysar/models")
"""Versions that were fetched, in the repository."""
_NAME = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<number>[0-9]+))")
_FILE = "model.onnx"


def fetch_registered(name: str, root: Path) -> Path:
    """Return the file of a version of the registered model.

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
            with tempfile.TemporaryDirectory() as folder:
                address = f"{str(version.source).rstrip('/')}/{_FILE}"
                fetched = download_artifacts(address, dst_path=folder, tracking_uri=registry.client.tracking_uri)
                with replace_file(kept) as temporary:
                    temporary.write_bytes(Path(fetched).read_bytes())
    return kept
