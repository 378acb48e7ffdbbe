"""Drawings as the page gives them away."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from tests.prediction.drawings import drawn, encoded

WRITER = "writer-0001"


def sample(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of several types
    """Return the fields of a sample, but for `other`."""
    return {
        "image": data_url(encoded(drawn())), "relative_height": 0.4, "kind": None, "answer": {"label": "к"},
        "label": "ж", "uppercase": False, "writer": WRITER, "consent": True, **other,
    }  # fmt: skip


def data_url(png: bytes) -> str:
    """Return a PNG as the page sends it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def write_sample(folder: Path, **other: Any) -> Path:  # noqa: ANN401 - as above
    """Write a sample as the service does, named after its content; return the file."""
    content = drawing_content(GivenDrawing.model_validate(sample(**other)))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(content).hexdigest()}.json"
    path.write_bytes(content)
    return path
