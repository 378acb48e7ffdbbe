"""The exported network in onnxruntime, and what its metadata says of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from src.errors import InputError
from src.features.grey import Grey
from src.features.labels import Alphabet
from src.features.normalize import Glyph
from src.models.calibrated import Calibration, parse_calibration

VERSION = "1"
"""Of what goes in and comes out (`src.models.export.VERSION`)."""
CURE = "make it with `dvc repro`, or leave --model out"


class Outputs(NamedTuple):
    """What the network says of n pictures: label (n, classes) and case (n,) float32 logits, and (n,) float32 scores."""

    label: NDArray[np.float32]
    case: NDArray[np.float32]
    score: NDArray[np.float32]


class Model:
    """An exported network, on one thread of the CPU.

    where: The file that it came from.
    alphabet: Its labels.
    side: Of the pictures that it is given, px.
    calibration: What makes answers of its logits.

    Raises:
        InputError: The content is no model of ours, or one of another version.
    """

    def __init__(self, content: bytes, where: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - onnxruntime's own classes have no common parent
            reason = " ".join(str(error).split())[:120]
            raise InputError(f"{where}: no ONNX model ({reason}); {CURE}") from None
        described = self._session.get_modelmeta().custom_metadata_map
        alphabet = _read_alphabet(described)
        if alphabet is None or self._session.get_outputs()[0].shape[-1:] != [len(alphabet)]:
            raise InputError(f"{where}: not a model of this version of pysar; {CURE}")
        self.where, self.alphabet = where, alphabet
        self.side = int(described["side"])
        self.calibration: Calibration = parse_calibration(described.get("calibration", ""), where)

    def outputs(self, images: Grey, relative_heights: NDArray[np.float32]) -> Outputs:
        """Run the network on (n, side, side) uint8 pictures, white ink on black, and (n,) heights, NaN if unknown."""
        inputs = {"image": images, "relative_height": relative_heights}
        return Outputs(*self._session.run(["label", "case", "score"], inputs))


def _read_alphabet(described: Mapping[str, str]) -> Alphabet | None:
    try:
        return Alphabet.of_described(described) if described.get("version") == VERSION else None
    except ValueError:
        return None


def glyph_arrays(
    glyphs: Sequence[Glyph], alphabet: Alphabet, *, height_known: bool
) -> tuple[Grey, NDArray[np.float32]]:
    """Return glyphs as the two arrays that the network is given; heights are NaN where they are not to be known.

    Where labels tell the case, heights are what the pen tells, as in the tables that the network has learned from.
    """
    if alphabet.case_head:
        heights = [glyph.relative_height if height_known else None for glyph in glyphs]
    else:
        heights = [glyph.height_by_pen for glyph in glyphs]
    return np.stack([glyph.image for glyph in glyphs]), np.array(heights, np.float32)


def read_model(path: Path) -> Model:
    """Read an exported model from its file.

    Raises:
        InputError: It is missing, or is no model of ours.
    """
    try:
        return Model(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {CURE}") from None
