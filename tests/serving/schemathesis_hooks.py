"""What schemathesis cannot make up: pictures. It loads this module in its own process."""

import base64
from typing import Any

import schemathesis
from hypothesis import strategies as st

from tests.prediction.drawings import drawn, encoded

PNG = encoded(drawn("ж"))
URL_START = "data:image/png;base64,"

schemathesis.openapi.media_type("image/png", st.just(PNG))
schemathesis.openapi.media_type("image/jpeg", st.just(encoded(drawn("о"), "JPEG")))


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:  # noqa: ANN401 - whatever was made up
    """Put a picture where made-up bytes are called one; the other fields stay as they are."""
    if isinstance(body, dict) and str(body.get("image", "")).startswith(URL_START):
        return {**body, "image": URL_START + base64.b64encode(PNG).decode()}
    return body
