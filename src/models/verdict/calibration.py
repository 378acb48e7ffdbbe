"""What makes answers of logits, chosen on rows that no network had learned: temperatures and thresholds."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from src.common.errors import InputError
from src.common.files import write_json
from src.config.sections import Positive, Strict

MODEL_VERSION = "1"
"""Of what goes into an exported model and comes out: a reader of its file refuses another."""


class Calibration(Strict):
    """Numbers that logits are divided by, and below which an answer is not given.

    label_temperature: Of the label logits.
    case_temperature, case_temperature_unknown_height: Of the case logit, where the relative height was told or not.
    case_threshold: The case is returned where the likelier of the two has this probability or more.
    score_threshold: A picture is taken for a character where its score, an output of the model, is this or more.
    label_threshold: An answer is unsure where its label is less probable than this; 0 where nobody chose one.
    """

    label_temperature: Positive
    case_temperature: Positive
    case_temperature_unknown_height: Positive
    case_threshold: Annotated[float, Field(ge=0.5, le=1)]
    score_threshold: float
    label_threshold: Annotated[float, Field(ge=0, le=1)] = 0.0

    def described(self) -> dict[str, float]:
        """Return it as files hold it: without a threshold that nobody chose."""
        return self.model_dump(exclude_defaults=True)

    def described_json(self) -> str:
        """Return `described` as JSON: the metadata of an exported model."""
        return self.model_dump_json(exclude_defaults=True)

    def case_temperature_for(self, *, height_known: bool) -> float:
        """Return the temperature of the case logit."""
        return self.case_temperature if height_known else self.case_temperature_unknown_height


def parse_calibration(text: str, where: str) -> Calibration:
    """Read a calibration from JSON: that of its file, or of the ONNX model's metadata.

    Raises:
        InputError: It is no JSON, or has an unknown or missing key, or a number out of range; it names `where`.
    """
    try:
        return Calibration.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors()[0]
        what = f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}".removeprefix(": ")
        raise InputError(f"{where}: no calibration ({what}); run `dvc repro` to make it again") from None


def read_calibration(path: Path) -> Calibration:
    """Read models/calibration.json.

    Raises:
        InputError: It is missing, or is not what it should be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to make it") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: no text; delete it and run `dvc repro`") from None
    return parse_calibration(text, str(path))


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write models/calibration.json."""
    write_json(path, calibration.described())
