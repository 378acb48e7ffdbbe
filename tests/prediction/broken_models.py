"""The released model as it comes where something went wrong; onnxruntime loads every one of them but the cut one."""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from src.prediction.model_file import RELEASED


def broken(change: Callable[[onnx.ModelProto], None]) -> bytes:
    """Return the released model with a change."""
    model = onnx.load(RELEASED)
    change(model)
    content: bytes = model.SerializeToString()
    return content


def describe(model: onnx.ModelProto, **told: str | None) -> None:
    """Let its metadata say something else; None takes an entry away."""
    described = {each.key: each.value for each in model.metadata_props} | told
    del model.metadata_props[:]
    helper.set_model_props(model, {key: value for key, value in described.items() if value is not None})


def fill_floats(model: onnx.ModelProto, value: float) -> None:
    """Let all weights and scales that are fractions be one number."""
    for weights in model.graph.initializer:
        if weights.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(weights)
            weights.CopyFrom(numpy_helper.from_array(np.full_like(array, value), weights.name))


def rename(model: onnx.ModelProto, old: str, new: str) -> None:
    """Call an input or an output otherwise."""
    for value in (*model.graph.input, *model.graph.output):
        value.name = new if value.name == old else value.name
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]


def swap(model: onnx.ModelProto, one: str, other: str) -> None:
    """Exchange the names of two outputs."""
    for old, new in ((one, "aside"), (other, one), ("aside", other)):
        rename(model, old, new)


def take_floats(model: onnx.ModelProto) -> None:
    """Let pictures be float32."""
    rename(model, "image", "bytes")
    given = next(value for value in model.graph.input if value.name == "bytes")
    given.name, given.type.tensor_type.elem_type = "image", TensorProto.FLOAT
    model.graph.node.insert(0, helper.make_node("Cast", ["image"], ["bytes"], to=TensorProto.UINT8))


def fix_batch(model: onnx.ModelProto) -> None:
    """Let it read two pictures at a time and no other number."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 2


def ask_for_more(model: onnx.ModelProto) -> None:
    """Let it want a third input."""
    model.graph.input.append(helper.make_tensor_value_info("slant", TensorProto.FLOAT, ["n"]))


def spin(model: onnx.ModelProto, times: int) -> None:
    """Let it count before it says a score: 0.2 microseconds or more for each."""
    rename(model, "score", "score.early")
    model.graph.output[2].name = "score"
    step = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Add", ["x", "zero"], ["y"])],
        "step",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
        ],
        [numpy_helper.from_array(np.zeros(1, np.float32), "zero")],
    )
    model.graph.initializer.append(numpy_helper.from_array(np.array(times), "times"))
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "yes"))  # NumPy's own
    model.graph.node.append(helper.make_node("Loop", ["times", "yes", "score.early"], ["score"], body=step))


BROKEN: dict[str, tuple[bytes, str]] = {
    "NaN": (broken(lambda model: fill_floats(model, np.nan)), "not a number"),
    "infinite": (broken(lambda model: fill_floats(model, 3e38)), "not a number|same of every picture"),
    "emptied": (broken(lambda model: fill_floats(model, 0)), "not a number|same of every picture"),
    "other side": (broken(lambda model: describe(model, side="32")), "'image' is of shape"),
    "no side": (broken(lambda model: describe(model, side=None)), "side"),
    "side in words": (broken(lambda model: describe(model, side="large")), "'large'"),
    "huge side": (broken(lambda model: describe(model, side="9" * 5000)), "side"),
    "renamed output": (broken(lambda model: rename(model, "label", "logits")), "output 'label' is missing"),
    "swapped outputs": (broken(lambda model: swap(model, "label", "case")), "'label' is of shape"),
    "renamed input": (broken(lambda model: rename(model, "image", "picture")), "input 'image' is missing"),
    "other dtype": (broken(take_floats), r"input 'image' is tensor\(float\)"),
    "escapes": (broken(lambda model: rename(model, "case", "\x1b[2J\nError")), "output 'case' is missing"),
    "third input": (broken(ask_for_more), "cannot read"),
    "two at a time": (broken(fix_batch), "cannot read"),
    "no metadata": (broken(lambda model: model.ClearField("metadata_props")), "not a model of this version"),
    "other version": (broken(lambda model: describe(model, version="2")), "not a model of this version"),
    "labels twice": (broken(lambda model: describe(model, labels="a" * 43)), "twice"),
    "fewer labels": (broken(lambda model: describe(model, labels="0123")), "'label' is of shape"),
    "no calibration": (broken(lambda model: describe(model, calibration=None)), "no calibration"),
    "cold calibration": (
        broken(
            lambda model: describe(
                model,
                calibration='{"label_temperature": 1e-320, "case_temperature": 1.0, "score_threshold": 0.0, '
                '"case_temperature_unknown_height": 1.0, "case_threshold": 0.5}',
            )
        ),
        "no probabilities",
    ),
    "cut": (RELEASED.read_bytes()[:100_000], "no ONNX model"),
    "empty": (b"", "no ONNX model"),
    "HTML": (b"<!DOCTYPE html><title>502 Bad Gateway</title>", "no ONNX model"),
}
"""By what is wrong: content of a file, and what is said of it."""
