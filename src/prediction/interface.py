"""What a model's file promises of its inputs, its outputs and its answers, before anything is run."""

from collections.abc import Mapping
from typing import NamedTuple

import onnxruntime

from src.common.errors import InputError
from src.features.labels import Alphabet
from src.models.verdict.calibration import MODEL_VERSION, Calibration, parse_calibration

CURE = "make it with `dvc repro`, or leave --model out"
LARGEST_SIDE = 256
"""Of the pictures that a model is given, px; the pipeline's have at most 64."""

_INPUTS = {"image": "tensor(uint8)", "relative_height": "tensor(float)"}
_OUTPUTS = {"label": "tensor(float)", "case": "tensor(float)", "score": "tensor(float)"}


class Interface(NamedTuple):
    """What a model reads and how its logits become answers; see `src.prediction.model.Model`."""

    alphabet: Alphabet
    side: int
    calibration: Calibration


def read_interface(session: onnxruntime.InferenceSession, where: str) -> Interface:
    """Read a model's metadata, and compare them with the names, dtypes and shapes of what goes in and comes out.

    Raises:
        InputError: It is no model of ours, one of another version, or says two things of itself; it names `where`.
    """
    described = session.get_modelmeta().custom_metadata_map
    try:
        _check_version(described)
        alphabet, side = Alphabet.of_described(described), _side(described)
        _check_values("input", session.get_inputs(), _INPUTS)
        _check_values("output", session.get_outputs(), _OUTPUTS)
        _check_shape("image", session.get_inputs(), ("n", side, side))
        _check_shape("label", session.get_outputs(), ("n", len(alphabet)))
    except ValueError as error:
        raise InputError(f"{where}: {error}; {CURE}") from None
    return Interface(alphabet, side, parse_calibration(described.get("calibration", ""), where))


def shown(text: str, most: int = 160) -> str:
    """Return a text that comes of the file as one line that no terminal obeys, of at most so many characters."""
    return "".join(character if character.isprintable() else "?" for character in " ".join(text.split())[:most])


def _check_version(described: Mapping[str, str]) -> None:
    if described.get("version") != MODEL_VERSION:
        raise ValueError("not a model of this version of pysar")


def _side(described: Mapping[str, str]) -> int:
    side = described.get("side", "")
    if not (side.isascii() and side.isdigit() and 0 < int(side[:9]) <= LARGEST_SIDE):
        raise ValueError(f"its pictures' side is said to be {side[:20]!r}, not 1 to {LARGEST_SIDE} px")
    return int(side)


def _check_values(what: str, values: list[onnxruntime.NodeArg], wanted: Mapping[str, str]) -> None:
    there = {value.name: value.type for value in values}
    for name, kind in wanted.items():
        if name not in there:
            raise ValueError(f"{what} {name!r} is missing: it has {shown(', '.join(there)) or 'none'}")
        if there[name] != kind:
            raise ValueError(f"{what} {name!r} is {there[name]}, not {kind}")


def _check_shape(name: str, values: list[onnxruntime.NodeArg], wanted: tuple[str | int, ...]) -> None:
    """Compare lengths where the file tells them; the trial tells of the others."""
    shape = next(value.shape for value in values if value.name == name)
    told = zip(shape, wanted, strict=False)
    if len(shape) != len(wanted) or any(
        isinstance(one, int) and isinstance(other, int) and one != other for one, other in told
    ):
        raise ValueError(f"{name!r} is of shape {shape}, though the metadata say {list(wanted)}")
