"""A sample as the page gives it: its fields typed, its drawing one of the page's, and nothing longer than that needs.

What lies on disk is read by `GivenDrawing` alone, which asks less of an answer: older samples stay samples.
"""

from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import Field, ValidationError

from src.common.errors import InputError
from src.common.printable import printable
from src.config.sections import Strict
from src.data.corpora.given_drawing import GivenDrawing
from src.features.labels import is_digit
from src.features.picture.grey import Grey
from src.prediction.drawing import decode_drawing
from src.serving.routes.page_drawing import MOST_BYTES, SIDE, check_drawing
from src.serving.routes.read import Label, Likely, Probability
from src.serving.routes.tasks import MOST_LABELS

_MOST_IMAGE = 4 * MOST_BYTES // 3 + 30
"""Characters of a drawing as a data URL."""
MOST_BODY = _MOST_IMAGE + 10_000
"""Bytes of a sample."""
_TOLD = 200
"""Characters that are told of what is wrong: names of fields are the client's."""


class Answered(Strict):
    """What the page was answered, as `Read` describes it, or a part of it."""

    path: None = None
    label: Label | None = None
    uppercase: bool | None = None
    p_label: Probability | None = None
    p_uppercase: Probability | None = None
    is_character: bool | None = None
    score: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None
    top: Annotated[list[Likely], Field(max_length=MOST_LABELS)] | None = None
    unsure: bool | None = None


def given_schema() -> dict[str, Any]:
    """Return how the API's description tells of a sample."""
    schema = GivenDrawing.model_json_schema()
    schema["properties"]["image"]["maxLength"] = _MOST_IMAGE
    schema["properties"]["answer"] = Answered.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["answer"].pop("$defs")  # the description has it from the answers of /predict
    return schema


def read_given(content: bytes) -> GivenDrawing:
    """Return the sample that a body holds.

    Raises:
        HTTPException: 422, a field is missing, unknown or out of range.
    """
    try:
        sample = GivenDrawing.model_validate_json(content)
    except ValidationError as error:
        raise _refusal(error, ()) from None
    try:
        Answered.model_validate(sample.answer)
    except ValidationError as error:
        raise _refusal(error, ("answer",)) from None
    return sample


def contradiction(sample: GivenDrawing) -> str | None:
    """Return which field of a sample contradicts its label, and why; None where all fit."""
    told = "digit" if is_digit(sample.label) else "letter"
    if sample.kind not in {None, told}:
        return f"kind: {sample.kind!r}, and the label {sample.label!r} is a {told}; send {told!r} or null"
    if told == "digit" and sample.uppercase is not None:
        return f"uppercase: the label {sample.label!r} is a digit, which has no case; send null"
    return None


def drawing_of(sample: GivenDrawing) -> bytes:
    """Return the file of a sample's drawing, which is not unpacked here: its head promises a small one.

    Raises:
        InputError: Its image is no drawing of the page's.
    """
    try:
        content = sample.picture()
    except ValueError:
        raise InputError("no whole base64") from None
    check_drawing(content)
    return content


def read_drawing(sample: GivenDrawing) -> Grey:
    """Return a sample's drawing; at most `SIDE` x `SIDE` pixels are unpacked.

    Raises:
        InputError: Its image is no drawing of the page's, or damaged.
    """
    return decode_drawing(drawing_of(sample), SIDE * SIDE)


def _refusal(error: ValidationError, place: tuple[str, ...]) -> HTTPException:
    fault = error.errors()[0]
    where = ".".join(map(str, (*place, *fault["loc"])))
    return HTTPException(422, printable(f"{where}: {fault['msg']}".removeprefix(": ")[:_TOLD]))
