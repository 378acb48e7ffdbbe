"""One small network is exported for all of them: torch takes seconds for any."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import WorkError
from src.features.labels import LABELS
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.rows.row_tensors import RowTensors
from src.models.scoring.familiarity import BLANK_SCORE, Familiarity, familiarity_scores
from src.models.verdict.calibration import parse_calibration
from src.release.onnx import check_export, export_network, onnx_outputs, write_onnx
from tests.models.factory import CALIBRATION, NETWORK, typed_familiarity


def _network(seed: int) -> Network:
    torch.manual_seed(seed)
    network = Network(NETWORK)
    for layer in network.modules():  # as after training: nothing is at its default
        if isinstance(layer, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
            torch.nn.init.uniform_(layer.running_mean, -0.5, 0.5)  # type: ignore[arg-type]
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)  # type: ignore[arg-type]
    return network.eval()


def _samples(count: int, seed: int = 0) -> RowTensors:
    generator = torch.Generator().manual_seed(seed)
    height = torch.rand(count, generator=generator)
    height[::2] = torch.nan
    image = torch.randint(0, 256, (count, 28, 28), generator=generator, dtype=torch.uint8)
    return RowTensors(image, torch.zeros(count, dtype=torch.int64), torch.zeros(count), height)


@pytest.fixture(scope="module")
def network() -> Network:
    return _network(0)


@pytest.fixture(scope="module")
def familiarity(network: Network) -> Familiarity:
    return typed_familiarity(network)


@pytest.fixture(scope="module")
def model(network: Network, familiarity: Familiarity) -> onnx.ModelProto:
    return export_network(network, familiarity, CALIBRATION)


def test_a_blank_picture_is_refused_by_every_threshold(model: onnx.ModelProto) -> None:
    pictures = np.zeros((2, 28, 28), np.uint8)
    pictures[1, 10:18, 14] = 255
    score = onnx_outputs(model, pictures, np.full(2, np.nan, np.float32))[2]
    assert score[0] == BLANK_SCORE < score[1]


@settings(deadline=None, max_examples=15)
@given(count=st.integers(1, 9), seed=st.integers(0, 99))
def test_any_number_of_pictures_gets_torch_s_outputs(
    network: Network, familiarity: Familiarity, model: onnx.ModelProto, count: int, seed: int
) -> None:
    samples = _samples(count, seed)
    label, case, score = onnx_outputs(model, samples.image.numpy(), samples.relative_height.numpy())
    assert (label.shape, case.shape, score.shape) == ((count, 43), (count,), (count,))
    assert label.dtype == case.dtype == score.dtype == np.float32
    expected = row_logits(network, samples)
    np.testing.assert_allclose(label, expected.label.numpy(), atol=1e-4)
    np.testing.assert_allclose(case, expected.case.numpy(), atol=1e-4)
    scores = familiarity_scores(familiarity, network, samples.image)
    np.testing.assert_allclose(score, scores.numpy(), atol=1e-3)


def test_an_unknown_height_is_not_a_height_of_zero(model: onnx.ModelProto) -> None:
    image = _samples(1).image.numpy()
    answers = [onnx_outputs(model, image, np.array([height], np.float32))[1][0] for height in (np.nan, 0.0, 0.9)]
    assert len(set(answers)) == 3
    assert np.isfinite(answers).all()


def test_the_model_says_what_goes_in_and_out(model: onnx.ModelProto) -> None:
    assert {entry.key: entry.value for entry in model.metadata_props} == {
        "labels": LABELS, "side": "28", "version": "1", "calibration": CALIBRATION.described_json(),
    }  # fmt: skip
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    }
    assert shapes == {
        "image": ["n", 28, 28], "relative_height": ["n"], "label": ["n", 43], "case": ["n"], "score": ["n"],
    }  # fmt: skip


def test_the_calibration_is_read_back_from_the_model(model: onnx.ModelProto) -> None:
    (text,) = (entry.value for entry in model.metadata_props if entry.key == "calibration")
    assert parse_calibration(text, "pysar.onnx") == CALIBRATION


def test_the_same_weights_give_the_same_bytes_with_nothing_of_this_machine(
    network: Network, familiarity: Familiarity, model: onnx.ModelProto, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.onnx", tmp_path / "second.onnx"
    write_onnx(model, first)
    write_onnx(export_network(network, familiarity, CALIBRATION), second)
    assert first.read_bytes() == second.read_bytes()
    assert not any(
        word in first.read_bytes() for word in (b".py", b"stack_trace", b"/src/", b"torch", b"site-packages")
    )


def test_a_right_export_passes_its_check(network: Network, familiarity: Familiarity, model: onnx.ModelProto) -> None:
    assert 0 <= check_export(model, network, familiarity, _samples(7)) < 1e-3


def test_the_model_of_another_network_is_refused(familiarity: Familiarity, model: onnx.ModelProto) -> None:
    with pytest.raises(WorkError, match="differ from torch's by"):
        check_export(model, _network(1), familiarity, _samples(3))


def test_logits_that_are_no_numbers_are_refused(
    network: Network, familiarity: Familiarity, model: onnx.ModelProto
) -> None:
    broken = _network(0)
    broken.case_head[2].bias.data.fill_(torch.nan)  # type: ignore[operator]
    with pytest.raises(WorkError, match="nan"):
        check_export(model, broken, familiarity, _samples(3))
    assert check_export(model, network, familiarity, _samples(3)) < 1e-3
