"""The network as ONNX: what prediction and serving run, without torch."""

import logging
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from src.common.errors import WorkError
from src.common.files import replace_file
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.rows.row_tensors import RowTensors, without_heights
from src.models.scoring.familiarity import Familiarity, familiarity_scores
from src.models.verdict.calibration import MODEL_VERSION, Calibration

LARGEST_DIFFERENCE = 1e-3
"""Between ONNX's outputs and torch's; float32 sums in another order differ by about 1e-5."""

_INPUTS = ("image", "relative_height")
_OUTPUTS = ("label", "case", "score")


class Portable(nn.Module):
    """The network as its users call it: bytes in, three arrays out."""

    def __init__(self, network: Network, familiarity: Familiarity) -> None:
        super().__init__()
        self.network, self.familiarity = network, familiarity

    def forward(self, image: Tensor, relative_height: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return label and case logits and scores; see `export_network`."""
        features = self.network.steady_features(image.to(torch.float32))
        logits = self.network.heads(features, relative_height)
        return logits.label, logits.case, self.familiarity.score(image, features, logits.label)


def export_network(network: Network, familiarity: Familiarity, calibration: Calibration) -> onnx.ModelProto:
    """Return the network as an ONNX model; the same weights give the same bytes.

    Inputs: `image` (n, side, side) uint8, white ink on black; `relative_height` (n,) float32 in (0, 1], NaN where it is
        not known.
    Outputs: `label` (n, classes) float32 logits in the order of the alphabet; `case` (n,) float32 logits, above 0 for
        uppercase; `score` (n,) float32, larger where the picture is more like a character.
    Logits are raw: `src.models.verdict.verdict` makes answers of all three, with the calibration in the metadata.
    Metadata: `labels` (one string; with `case` where they tell it, see `Alphabet.described`), `side`, `version` (of
        this interface), `calibration` (JSON).
    """
    side = network.settings.side
    module = Portable(network.cpu(), familiarity).eval()
    # With two rows: one row would be taken for a constant.
    example = (torch.zeros((2, side, side), dtype=torch.uint8), torch.full((2,), torch.nan))
    rows = {0: torch.export.Dim("n")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter to its own developers
        program = torch.onnx.export(
            module, example, input_names=_INPUTS, output_names=_OUTPUTS,
            dynamic_shapes=(rows, rows), dynamo=True, verbose=False,
        )  # fmt: skip
    if program is None:
        raise WorkError("torch.onnx.export gave no model; make the environment anew: `make clean env`")
    model = program.model_proto
    _strip(model)
    described = {
        "side": str(side),
        "version": MODEL_VERSION,
        "calibration": calibration.described_json(),
    }
    onnx.helper.set_model_props(model, {**network.alphabet.described(), **described})
    onnx.checker.check_model(model, full_check=True)
    return model


def check_export(model: onnx.ModelProto, network: Network, familiarity: Familiarity, samples: RowTensors) -> float:
    """Compare the model's logits and scores with torch's on samples, with their heights known and hidden.

    Returns:
        The largest absolute difference.

    Raises:
        WorkError: It is above `LARGEST_DIFFERENCE`, or not a number.
    """
    variants = (samples, without_heights(samples))
    difference = max(_difference(model, network, familiarity, variant) for variant in variants)
    if not difference <= LARGEST_DIFFERENCE:
        raise WorkError(
            f"the ONNX model's outputs differ from torch's by {difference:.2g}, above {LARGEST_DIFFERENCE}: "
            "not written; try other versions of torch, onnxscript and onnxruntime"
        )
    return difference


def write_onnx(model: onnx.ModelProto, path: Path) -> None:
    """Write the model whole or not at all."""
    with replace_file(path) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))


def onnx_outputs(
    model: onnx.ModelProto, image: NDArray[np.uint8], relative_height: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return `label` (n, classes), `case` (n,) and `score` (n,) of the model in onnxruntime, on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    label, case, score = session.run(list(_OUTPUTS), dict(zip(_INPUTS, (image, relative_height), strict=True)))
    return label, case, score


def _difference(model: onnx.ModelProto, network: Network, familiarity: Familiarity, samples: RowTensors) -> float:
    there = onnx_outputs(model, samples.image.numpy(), samples.relative_height.numpy())
    here = row_logits(network, samples)
    score = familiarity_scores(familiarity, network, samples.image, samples.relative_height)
    pairs = zip(there, (here.label.numpy(), here.case.numpy(), score.numpy()), strict=True)
    return float(np.max([np.abs(one - other).max(initial=0) for one, other in pairs]))


def _strip(model: onnx.ModelProto) -> None:
    """Remove what the exporter notes of this machine: stack traces with paths, and torch's build."""
    graph = model.graph
    parts: Iterable[onnx.ModelProto | onnx.GraphProto | onnx.NodeProto | onnx.ValueInfoProto | onnx.TensorProto] = (
        model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer,
    )  # fmt: skip
    for part in parts:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    graph.name = "pysar"
    model.producer_name, model.producer_version = "pysar", MODEL_VERSION
