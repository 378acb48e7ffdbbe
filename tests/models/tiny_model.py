"""An ONNX model with the inputs and outputs of the exported network, made in no time."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EXAMPLES: Mapping[str, np.ndarray] = MappingProxyType(
    {"image": np.zeros((2, 28, 28), np.uint8), "relative_height": np.array([0.4, np.nan], np.float32)}
)


def tiny_model(path: Path) -> None:
    """Two inputs and two outputs, as the exported network has: 43 sums of pixels, and the height with NaN as 0."""
    weights = np.arange(784 * 43, dtype=np.float32).reshape(784, 43) / 1e6
    nodes = [
        helper.make_node("Cast", ["image"], ["ink"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["ink"], ["pixels"], axis=1),
        helper.make_node("MatMul", ["pixels", "weights"], ["label"]),
        helper.make_node("IsNaN", ["relative_height"], ["unknown"]),
        helper.make_node("Where", ["unknown", "zero", "relative_height"], ["case"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 28, 28]),
            helper.make_tensor_value_info("relative_height", TensorProto.FLOAT, ["n"]),
        ],
        [
            helper.make_tensor_value_info("label", TensorProto.FLOAT, ["n", 43]),
            helper.make_tensor_value_info("case", TensorProto.FLOAT, ["n"]),
        ],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.zeros(1, np.float32), "zero")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
