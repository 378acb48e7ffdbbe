"""What a user may rely on from `pysar export`: each form reads as the network does, and the README says how well."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from src.commands.export import main
from src.data.writer.draw import draw_glyph
from src.features.labels import LABELS
from src.features.picture.normalize import normalize
from src.models.verdict.calibration import MODEL_VERSION
from src.prediction.model import Outputs, read_model
from src.release.forms import FULL, INT8, SCRIPT
from tests.default_params import EXAMPLE_PARAMS
from tests.models.evaluation_folder import make_inputs
from tests.models.factory import CALIBRATION


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an export has written, of small networks."""
    root = tmp_path_factory.mktemp("мій проєкт")
    (root / "dvc.yaml").touch()
    make_inputs(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(root)
        result = CliRunner().invoke(main, ["вивезене"])
    assert result.exit_code == 0, result.output
    return root / "вивезене"


def _pictures() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    images = np.zeros((20, 28, 28), np.uint8)
    images[:, 6:22, 8:20] = generator.integers(0, 256, (20, 16, 12), np.uint8)
    heights = generator.uniform(0.2, 0.9, 20).astype(np.float32)
    heights[::2] = np.nan
    return images, heights


@pytest.mark.filterwarnings("ignore:.torch.jit.load. is deprecated")
def test_torchscript_gives_the_outputs_of_onnx_for_any_number_of_pictures(folder: Path) -> None:
    images, heights = _pictures()
    script = torch.jit.load(folder / SCRIPT)
    full = read_model(folder / FULL)
    for count in (1, 3, 20):
        there = full.outputs(images[:count], heights[:count])
        here = script(torch.from_numpy(images[:count]), torch.from_numpy(heights[:count]))
        for one, other in zip(there, here, strict=True):
            np.testing.assert_allclose(one, other.detach().numpy(), atol=1e-3, rtol=1e-4)


@pytest.mark.filterwarnings("ignore:.torch.jit.load. is deprecated")
def test_torchscript_has_the_normalisation_and_what_makes_answers_of_logits(folder: Path) -> None:
    script = torch.jit.load(folder / SCRIPT)
    full = read_model(folder / FULL)
    assert {name: getattr(script, name) for name in CALIBRATION.described()} == full.calibration.described()
    assert (script.labels, script.side, script.version) == (LABELS, full.side, MODEL_VERSION)
    picture = draw_glyph("ж", False, np.random.default_rng(0))
    image, height = script.normalize(torch.from_numpy(picture))
    there = normalize(picture, full.side)
    assert np.abs(image.numpy().astype(int) - there.image).mean() < 0.3
    assert float(height) == pytest.approx(there.relative_height)


def test_int8_is_smaller_keeps_the_metadata_and_is_close(folder: Path) -> None:
    full, small = read_model(folder / FULL), read_model(folder / INT8)
    assert small.calibration == full.calibration
    assert small.side == full.side
    one, other = (Outputs(*model.outputs(*_pictures())) for model in (full, small))
    spread = one.label.std()
    assert np.abs(one.label - other.label).mean() < 0.2 * spread


def test_the_readme_has_a_line_for_each_form(folder: Path) -> None:
    lines = (folder / "README.md").read_text("utf-8").splitlines()
    for name in (FULL, INT8, SCRIPT):
        assert len([line for line in lines if line.startswith(f"| {name} |")]) == 1
    assert "(+0.00)" in next(line for line in lines if line.startswith(f"| {FULL} |"))


def test_without_a_model_the_cure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dvc.yaml").touch()
    shutil.copy(EXAMPLE_PARAMS, tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["out"])
    assert result.exit_code == 2
    assert "dvc repro" in result.stderr
    assert not (tmp_path / "out").exists()
