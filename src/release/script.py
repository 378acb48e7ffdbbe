"""The whole road from a grey picture of any size to logits as one TorchScript file, for C++ and others."""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from src.features.labels import Alphabet
from src.models.verdict.calibration import MODEL_VERSION, Calibration
from src.release.onnx import Portable
from src.release.scripted_normalize import Normalize


class Script(nn.Module):
    """A traced network with what is needed around it; its attributes are kept in the file.

    labels, side, version: As in the metadata of the ONNX model.
    Others: What makes answers of logits, see `Calibration`.
    """

    def __init__(self, network: nn.Module, alphabet: Alphabet, side: int, calibration: Calibration) -> None:
        super().__init__()
        self.network, self.normalizer = network, Normalize(side)
        self.labels, self.side, self.version = alphabet.labels, side, MODEL_VERSION
        self.label_temperature = calibration.label_temperature
        self.case_temperature = calibration.case_temperature
        self.case_temperature_unknown_height = calibration.case_temperature_unknown_height
        self.case_threshold = calibration.case_threshold
        self.score_threshold = calibration.score_threshold

    def forward(self, image: Tensor, relative_height: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return label and case logits and scores of normalised pictures; see `export_network`."""
        outputs: tuple[Tensor, Tensor, Tensor] = self.network(image, relative_height)
        return outputs

    @torch.jit.export
    def normalize(self, grey: Tensor) -> tuple[Tensor, Tensor]:
        """Return (side, side) uint8 and a relative height, NaN if blank, of a (h, w) uint8 picture of any size."""
        glyph: tuple[Tensor, Tensor] = self.normalizer(grey)
        return glyph


def write_script(module: Portable, calibration: Calibration, path: Path) -> None:
    """Write the network, its normalisation and its calibration as TorchScript."""
    alphabet, side = module.network.alphabet, module.network.settings.side
    example = torch.zeros((2, side, side), dtype=torch.uint8), torch.full((2,), torch.nan)
    with warnings.catch_warnings():
        # torch would have torch.export instead, which C++ cannot load without compiling it for one machine.
        warnings.simplefilter("ignore", FutureWarning)
        traced = torch.jit.trace(module, example)
        torch.jit.script(Script(traced, alphabet, side, calibration).eval()).save(path)
