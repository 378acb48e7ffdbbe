"""What a user may rely on from the example in C++: the answers of `pysar predict`, and no answer to garbage."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from src.commands.export import main as export
from src.commands.predict import main as predict
from src.config.paths import FINETUNED
from src.data.writer.draw import draw_glyph
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize
from src.models.network.network import Network
from src.models.network.weights import load_network, save_network
from src.release.forms import FULL, SCRIPT
from tests.models.evaluation_folder import make_inputs

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="no g++; as root: apt-get install g++")

SOURCE = Path(__file__).parents[2] / "examples/cpp"
WRITTEN = (("ж", True), ("щ", False), ("7", False), ("о", False), ("ї", True), ("0", False), ("ф", True), ("а", False))


class Built(NamedTuple):
    """The program and the folder of an exported model."""

    program: Path
    models: Path

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.program, *words], capture_output=True, text=True, check=False)

    def read(self, picture: Path) -> subprocess.CompletedProcess[str]:
        return self.run(self.models / SCRIPT, picture)


def _drawings() -> list[Grey]:
    generator = np.random.default_rng(0)
    return [draw_glyph(label, is_uppercase, generator) for label, is_uppercase in WRITTEN]


def _spread_answers(network: Network) -> None:
    """Let an untrained network's labels depend on the picture alone, not on what all pictures share."""
    glyphs = [normalize(drawing) for drawing in _drawings()]
    images = torch.from_numpy(np.stack([glyph.image for glyph in glyphs])).float()
    with torch.no_grad():
        shared = network.eval()(images, torch.full((len(images),), torch.nan)).label.mean(dim=0)
        network.label_head.bias.sub_(shared)


def _make_models(root: Path) -> Path:
    """Export untrained networks whose answers differ from picture to picture, and are of any certainty."""
    (root / "dvc.yaml").touch()
    make_inputs(root)
    network = load_network(root / FINETUNED)
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if name in {"label_head.weight", "case_head.2.weight"}:
                weights.mul_(40)
    _spread_answers(network)
    save_network(network, network.settings, root / FINETUNED)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(root)
        result = CliRunner().invoke(export, ["out"])
    assert result.exit_code == 0, result.output
    return root / "out"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The program, compiled as its README says."""
    folder = tmp_path_factory.mktemp("cpp")
    words = ["make", "-C", str(SOURCE), f"PYTHON={sys.executable}", f"BUILD={folder}"]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert "warning" not in made.stderr
    return Built(folder / "pysar", _make_models(tmp_path_factory.mktemp("мій проєкт")))


def _pgm(picture: Grey, header: bytes | None = None) -> bytes:
    height, width = picture.shape
    return (header or b"P5\n%d %d\n255\n" % (width, height)) + picture.tobytes()


def _saved(path: Path, picture: Grey) -> tuple[Path, Path]:
    """Write a picture as PGM for the program and as PNG for `pysar predict`."""
    path.with_suffix(".pgm").write_bytes(_pgm(picture))
    Image.fromarray(picture).save(path.with_suffix(".png"))
    return path.with_suffix(".pgm"), path.with_suffix(".png")


def _predicted(built: Built, path: Path) -> dict[str, Any]:
    result = CliRunner().invoke(predict, [str(path), "--format", "jsonl", "--model", str(built.models / FULL)])
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    del answer["path"]
    return answer


def _answer(built: Built, path: Path) -> dict[str, Any]:
    result = built.read(path)
    assert (result.returncode, result.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def _assert_same(here: dict[str, Any], there: dict[str, Any]) -> None:
    assert list(here) == list(there)
    for key in ("label", "uppercase", "is_character"):
        assert here[key] == there[key]
    for key in ("p_label", "p_uppercase", "score"):
        assert here[key] == pytest.approx(there[key], abs=2e-3)
    for one, other in zip(here["top"], there["top"], strict=True):
        assert one == {"label": other["label"], "p": pytest.approx(other["p"], abs=2e-3)}


def test_it_has_fewer_than_a_hundred_lines() -> None:
    assert len((SOURCE / "pysar.cpp").read_text(encoding="utf-8").splitlines()) < 100


def test_it_answers_as_predict_does(built: Built, tmp_path: Path) -> None:
    answers = []
    for (label, _), drawing in zip(WRITTEN, _drawings(), strict=True):
        pgm, png = _saved(tmp_path / f"мій {label}", drawing)
        answers.append(_answer(built, pgm))
        _assert_same(answers[-1], _predicted(built, png))
    assert len({answer["label"] for answer in answers}) > 2
    assert len({answer["p_label"] for answer in answers}) == len(WRITTEN)


@pytest.mark.parametrize(("height", "width"), [(40, 70), (600, 300)])
def test_size_and_polarity_do_not_matter_to_it(built: Built, tmp_path: Path, height: int, width: int) -> None:
    drawn = draw_glyph("ж", False, np.random.default_rng(1))
    picture = np.asarray(Image.fromarray(255 - drawn).resize((width, height)), np.uint8)
    pgm, png = _saved(tmp_path / "other", picture)
    _assert_same(_answer(built, pgm), _predicted(built, png))


def test_a_blank_picture_is_answered_as_predict_does(built: Built, tmp_path: Path) -> None:
    pgm, png = _saved(tmp_path / "blank", np.full((30, 50), 255, np.uint8))
    _assert_same(_answer(built, pgm), _predicted(built, png))


def test_comments_and_another_white_change_nothing(built: Built, tmp_path: Path) -> None:
    picture = draw_glyph("щ", False, np.random.default_rng(2)) // 2
    plain, other = tmp_path / "plain.pgm", tmp_path / "other.pgm"
    plain.write_bytes(_pgm((picture * np.float64(255 / 127)).round().astype(np.uint8)))
    other.write_bytes(_pgm(picture, b"P5 # a scanner's\n#another\n\t200# 1 2\n 200\n127\n"))
    assert _answer(built, other) == _answer(built, plain)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no binary PGM"),
        (b"\x89PNG\r\n\x1a\n", "no binary PGM"),
        (b"P2\n2 2\n255\n0 0 0 0\n", "no binary PGM"),
        (b"P5", "damaged header"),
        (b"P5\n# a comment without an end", "damaged header"),
        (b"P5\nwide high\n255\n", "damaged header"),
        (b"P5\n99999999999 2\n255\n", "damaged header"),
        (b"P5\n-2 2\n255\n0000", "damaged header"),
        (b"P5\n0 2\n255\n", "pixels"),
        (b"P5\n200000 200000\n255\n", "pixels"),
        (b"P5\n2 2\n65535\n00000000", "maxval"),
        (b"P5\n2 2\n0\n0000", "maxval"),
        (b"P5\n2 2\n255\n000", "cut off"),
        (b"P5\n2 2\n255", "cut off"),
    ],
)
def test_what_is_no_whole_pgm_is_refused_in_one_line(built: Built, tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "picture.pgm"
    path.write_bytes(content)
    result = built.read(path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{path}: ")
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1


def test_paper_that_is_not_even_is_refused_in_one_line(built: Built, tmp_path: Path) -> None:
    pgm, _ = _saved(tmp_path / "shade", np.repeat(np.arange(60, 260, 2, dtype=np.uint8)[None], 80, axis=0))
    result = built.read(pgm)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "the paper is not even" in result.stderr


def test_a_missing_picture_and_a_wrong_model_are_refused(built: Built, tmp_path: Path) -> None:
    pgm, _ = _saved(tmp_path / "a", draw_glyph("а", False, np.random.default_rng(3)))
    tries = (built.read(tmp_path / "none.pgm"), built.run(built.models / FULL, pgm), built.run(tmp_path / "none", pgm),
             built.run(pgm))  # fmt: skip
    for result in tries:
        assert result.returncode == 2
        assert result.stderr.count("\n") == 1
