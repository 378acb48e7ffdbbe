"""What schemathesis cannot make up: pictures. It loads this module in its own process."""

import base64
import re
from typing import Any

import schemathesis
from hypothesis import strategies as st

from src.data.corpora.given_drawing import GivenDrawing
from src.serving.routes.tasks import MOST_LABELS
from tests.prediction.drawings import drawn, encoded

PNG = encoded(drawn("ж"))
LABELS = {"ukrainian": 43, "emnist-balanced": 7, "emnist-mnist": 10}
"""What is served (tests/serving/latin.py), and how many labels each task has."""
URL_START = "data:image/png;base64,"
PATTERN = GivenDrawing.model_json_schema()["properties"]["image"]["pattern"]

schemathesis.openapi.media_type("image/png", st.just(PNG))
schemathesis.openapi.media_type("image/jpeg", st.just(encoded(drawn("о"), "JPEG")))


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:  # noqa: ANN401 - whatever was made up
    """Put a picture where made-up bytes are called one, and let kind and case fit the label; the rest stays.

    What the description calls no picture stays wrong.
    """
    if isinstance(body, dict) and re.fullmatch(PATTERN, str(body.get("image", ""))):
        return {**body, **_fitting(body), "image": URL_START + base64.b64encode(PNG).decode()}
    return body


def _fitting(sample: dict[str, Any]) -> dict[str, Any]:
    """Return what must be told of a sample's label; what the description calls wrong stays wrong."""
    is_digit = str(sample.get("label")) in set("0123456789")
    fitting: dict[str, Any] = {}
    if sample.get("kind") in ("letter", "digit"):
        fitting["kind"] = "digit" if is_digit else "letter"
    if is_digit and isinstance(sample.get("uppercase"), bool):
        fitting["uppercase"] = None
    return fitting


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: "schemathesis.Case[Any]", kwargs: dict[str, Any]) -> None:
    """Ask a task for what it has, which the description cannot say: so many labels, and no letters of digits alone.

    What the description calls wrong stays wrong.
    """
    query = case.query
    task, top = query.get("task", "ukrainian"), str(query.get("top", ""))
    most = LABELS.get(task, MOST_LABELS) if isinstance(task, str) else MOST_LABELS
    if top.isdecimal() and most < int(top) <= MOST_LABELS:
        query["top"] = most
    if task == "emnist-mnist" and query.get("kind") == "letter":
        query["kind"] = "digit"
