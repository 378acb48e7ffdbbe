"""A drawing that its writer gave away, as a file: what the service keeps and `prepare_collected` reads.

Imports no pandas, for the service has none.
"""

import base64
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from src.common.errors import InputError
from src.config.sections import Strict

Writer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class GivenDrawing(Strict):
    """A drawing, what was answered, and what its writer says that it is.

    image: PNG in base64, as a data URL.
    label: What it is, lowercase.
    uppercase: None for a digit, or where the writer does not say.
    writer: A random word of the browser's: samples of one writer are not parted by a split.
    consent: The writer agreed that it is kept.
    """

    image: Annotated[str, Field(pattern=r"^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$", max_length=400_000)]
    relative_height: Annotated[float, Field(gt=0, le=1)] | None = None
    kind: Literal["letter", "digit"] | None = None
    answer: dict[str, Any]
    label: Annotated[str, Field(pattern="^[0-9абвгґдеєжзиіїйклмнопрстуфхцчшщьюя]$")]
    uppercase: bool | None = None
    writer: Writer
    consent: Literal[True]

    def picture(self) -> bytes:
        """Return the drawing's PNG.

        Raises:
            ValueError: It is no whole base64.
        """
        return base64.b64decode(self.image.partition(",")[2])


def drawing_content(sample: GivenDrawing) -> bytes:
    """Return a sample as the bytes of its file: the same sample has the same bytes."""
    return json.dumps(sample.model_dump(), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def load_given(path: Path) -> GivenDrawing:
    """Read a sample's file.

    Raises:
        InputError: It is no sample.
    """
    return parse_given(path.read_bytes(), str(path))


def parse_given(content: bytes, where: str) -> GivenDrawing:
    """Return the sample that a file's bytes hold; `where` names the file in an error.

    Raises:
        InputError: It is no sample.
    """
    try:
        return GivenDrawing.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        reason = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")
        raise InputError(f"{where}: no sample ({reason}); delete it") from None
