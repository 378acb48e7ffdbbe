"""What a user may rely on with a model of another alphabet: its labels, and the case that they tell, are its own."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result

from src.commands.predict import main
from src.features.picture.normalize import Glyph, normalize
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.scoring.familiarity import fit_familiarity
from src.prediction.answer import answer_glyphs
from src.prediction.model import read_model
from src.release.onnx import export_network, write_onnx
from tests.glyphs import GLYPHS, glyph_table, printed
from tests.models.factory import CALIBRATION, NETWORK, typed_negatives
from tests.prediction.drawings import encoded, save

CASES = {"0": None, "1": None, "A": True, "B": True, "C": None, "a": False, "b": False}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows nothing, and says so of its labels."""
    torch.manual_seed(1)
    network = Network(NETWORK, GLYPHS).eval()
    samples = make_tensors(glyph_table(2), torch.device("cpu"), GLYPHS)
    path = tmp_path_factory.mktemp("glyphs") / "glyphs.onnx"
    write_onnx(export_network(network, fit_familiarity(network, samples, typed_negatives()), CALIBRATION), path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label in "0AaBb":
        save(tmp_path / f"shown/{label}/1.png", encoded(printed(label)))
    save(tmp_path / "shown/c/1.png", encoded(printed("c")))
    return tmp_path / "shown"


def _predict(model: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), "--model", str(model)])


def test_a_models_labels_are_those_of_its_file(model: Path) -> None:
    reader = read_model(model)
    assert reader.alphabet == GLYPHS
    glyphs = [normalize(printed(label)) for label in "0Aab"]
    for answer in answer_glyphs(reader, glyphs, top=len(GLYPHS)):
        assert {each["label"] for each in answer["top"]} == set(GLYPHS.labels)
        assert (answer["uppercase"], answer["p_uppercase"]) == (CASES[answer["label"]], None)


def test_a_label_keeps_its_case_in_every_format(model: Path, folder: Path) -> None:
    answers = [json.loads(line) for line in _predict(model, folder, "--format", "jsonl").stdout.splitlines()]
    assert len(answers) == 6
    lines = _predict(model, folder, "--format", "ascii").stdout.splitlines()
    assert lines == [f"{ord(answer['label'])}, {answer['path']}" for answer in answers]


def test_folders_are_named_after_labels_or_their_other_case(model: Path, folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "answers.csv"
    result = _predict(model, folder, "--labelled", "--output", output)
    assert result.exit_code == 0, result.output
    known = [line.split(",")[1:3] for line in output.read_text("utf-8").splitlines()[1:]]
    assert known == [["0", ""], ["A", "true"], ["B", "true"], ["a", "false"], ["b", "false"], ["C", ""]]


def test_more_labels_than_the_model_has_are_refused(model: Path, folder: Path) -> None:
    result = _predict(model, folder, "--top", "8")
    assert result.exit_code == 2
    assert "the model has 7 labels" in result.stderr


def test_a_letter_is_not_asked_of_a_digit(model: Path) -> None:
    blank = Glyph(np.zeros((28, 28), np.uint8), None)
    for kind, labels in (("letter", "ABCab"), ("digit", "01")):
        answer = answer_glyphs(read_model(model), [blank], kind=kind, top=1)[0]  # type: ignore[arg-type]
        assert answer["label"] in labels
