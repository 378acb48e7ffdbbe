"""What a user may rely on: a model at half precision is half the file and gives nearly the same answers."""

import numpy as np
import onnx
import pytest

from src.models.export import onnx_outputs
from src.models.half_precision import halve_weights
from src.prediction.model_file import RELEASED


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    """The released model with its weights widened: as it was exported, but for what halving has taken."""
    model = onnx.load(RELEASED)
    graph = model.graph
    casts = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Cast" and "widen" in node.name}
    for tensor in graph.initializer:
        if tensor.name in casts:
            wide = onnx.numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(wide * np.float32(1.0001), casts[tensor.name]))
    nodes = [node for node in graph.node if not node.name.startswith("widen")]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def test_the_file_is_about_half(model: onnx.ModelProto) -> None:
    assert len(halve_weights(model).SerializeToString()) < 0.6 * len(model.SerializeToString())


def test_outputs_are_nearly_the_same(model: onnx.ModelProto) -> None:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (20, 28, 28), np.uint8)
    heights = generator.uniform(0.1, 1, 20).astype(np.float32)
    for one, other in zip(
        *(onnx_outputs(each, images, heights) for each in (model, halve_weights(model))), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0.02, atol=0.05)


def test_the_model_that_was_given_is_left_as_it_was(model: onnx.ModelProto) -> None:
    before = model.SerializeToString(deterministic=True)
    halve_weights(model)
    assert model.SerializeToString(deterministic=True) == before
