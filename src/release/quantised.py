"""An exported model whose convolutions and widest layer compute with whole numbers of eight bits."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

_BATCH = 8
_ANY_HEIGHT = 0.5
"""Heights go to small layers, which stay as they are; an unknown one, NaN, has no range."""


class _Rows(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Gives pictures to the calibration, a few at a time."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        batches = (images[start : start + _BATCH] for start in range(0, len(images), _BATCH))
        self._batches: Iterator[dict[str, NDArray[np.generic]]] = (
            {"image": batch, "relative_height": np.full(len(batch), _ANY_HEIGHT, np.float32)} for batch in batches
        )

    def get_next(self) -> dict[str, NDArray[np.generic]] | None:
        return next(self._batches, None)


def quantise(model: onnx.ModelProto, images: NDArray[np.uint8]) -> onnx.ModelProto:
    """Return a copy that computes its convolutions and its dense layer in int8, with a scale for each channel.

    Weights use seven of the eight bits: on processors without VNNI sums of wider ones overflow.

    What is said of answers (temperatures, thresholds) stays as it was: the logits hardly move.

    Args:
        model: As exported.
        images: (n, side, side) uint8 that show which numbers occur: training rows, some hundred.
    """
    with _without_advice(), tempfile.TemporaryDirectory() as folder:
        plain, prepared, done = (Path(folder, f"{name}.onnx") for name in ("plain", "prepared", "done"))
        onnx.save(model, plain)
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        nodes = _heavy_nodes(onnx.load(prepared))
        quantize_static(
            prepared, done, _Rows(images), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
            nodes_to_quantize=nodes, weight_type=QuantType.QInt8, activation_type=QuantType.QUInt8,
        )  # fmt: skip
        quantised = onnx.load(done)
    onnx.helper.set_model_props(quantised, {each.key: each.value for each in model.metadata_props})
    return quantised


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keep back what onnxruntime warns of by the root logger, to its own developers."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


def _heavy_nodes(model: onnx.ModelProto) -> list[str]:
    """Return the names of the convolutions and of the dense layer after them, where nearly all time goes."""
    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    dense = [node.name for node in model.graph.node if node.op_type == "Gemm"]
    return [*convolutions, *dense[:1]]
