"""The exported network in onnxruntime, and what its metadata says of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from src.common.errors import InputError
from src.features.labels import Alphabet
from src.features.picture.grey import Grey
from src.features.picture.normalize import Glyph
from src.prediction.interface import CURE, read_interface, shown
from src.prediction.trial import OUTPUTS, find_fault, seconds_for_one


class Outputs(NamedTuple):
    """What the network says of n pictures: label (n, classes) and case (n,) float32 logits, and (n,) float32 scores."""

    label: NDArray[np.float32]
    case: NDArray[np.float32]
    score: NDArray[np.float32]


class Model:
    """An exported network, on one thread of the CPU, that has read pictures on trial.

    where: The file that it came from.
    alphabet: Its labels.
    side: Of the pictures that it is given, px.
    calibration: What makes answers of its logits.

    Raises:
        InputError: The content is no model of ours, one of another version, or one that does not work.
    """

    def __init__(self, content: bytes, where: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001 - onnxruntime's own classes have no common parent
            raise InputError(f"{where}: no ONNX model ({shown(str(error))}); {CURE}") from None
        interface = read_interface(self._session, where)
        self.where = where
        self.alphabet, self.side, self.calibration = interface
        fault = find_fault(self._run, interface)
        if fault:
            raise InputError(f"{where}: {fault}; {CURE}")

    def outputs(self, images: Grey, relative_heights: NDArray[np.float32]) -> Outputs:
        """Run the network on (n, side, side) uint8 pictures, white ink on black, and (n,) heights, NaN if unknown."""
        return Outputs(*self._run(images, relative_heights))

    def seconds_for_one(self) -> float:
        """Return how long it takes for one picture on this machine, as far as a few tries tell."""
        return seconds_for_one(self._run, self.side)

    def _run(
        self, images: Grey, heights: NDArray[np.float32], options: onnxruntime.RunOptions | None = None
    ) -> list[NDArray[np.float32]]:
        answers: list[NDArray[np.float32]] = self._session.run(
            OUTPUTS, {"image": images, "relative_height": heights}, options
        )
        return answers


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
        InputError: It is missing, no model of ours, or one that does not work.
    """
    try:
        return Model(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {CURE}") from None
