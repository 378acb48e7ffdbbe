"""A sample on its way to S3, and where it is on the way."""

import hashlib
from pathlib import Path

from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from src.serving.store.uploads import Outbox
from tests.given_drawings import sample

GIVEN = GivenDrawing.model_validate(sample())
IDENTITY = hashlib.sha256(drawing_content(GIVEN)).hexdigest()
KEY = f"pysar/new/{IDENTITY}.json"


def waiting_in(outbox: Outbox) -> list[Path]:
    """Return the samples that wait on disk."""
    return list(outbox.folder.rglob("*.json"))


def files_of(outbox: Outbox) -> list[Path]:
    """Return all that lies on disk."""
    return [path for path in outbox.folder.rglob("*") if path.is_file()]
