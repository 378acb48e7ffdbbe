"""An exported model whose weights are kept as float16: half the file, and still float32 arithmetic."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_LARGE = 1024
"""Numbers in a tensor; smaller ones would save nothing."""


def halve_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a copy whose large float32 weights are kept as float16 and widened once, when a session starts."""
    halved = onnx.ModelProto()
    halved.CopyFrom(model)
    graph = halved.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= _LARGE:
            name, kept = tensor.name, f"{tensor.name}_half"
            casts.append(helper.make_node("Cast", [kept], [name], to=TensorProto.FLOAT, name=f"widen_{name}"))
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), kept))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(halved, full_check=True)
    return halved
