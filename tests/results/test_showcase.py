import re
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from src.common.errors import InputError
from src.features.labels import LABELS
from src.models.network.network import Network
from src.release.onnx import export_network, write_onnx
from src.results.showcase import compose, draw_tiles, main, read_tiles
from tests.models.factory import CALIBRATION, NETWORK, typed_familiarity


def test_the_picture_shows_every_letter_and_digit() -> None:
    assert {tile.character.lower() for tile in draw_tiles(1)} == set(LABELS)


def test_the_same_seed_draws_the_same_hand() -> None:
    assert all((a.glyph == b.glyph).all() for a, b in zip(draw_tiles(3), draw_tiles(3), strict=True))


def test_a_model_reads_every_tile_and_digits_have_no_case(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Network(NETWORK).eval()
    write_onnx(export_network(network, typed_familiarity(network), CALIBRATION), tmp_path / "model.onnx")
    tiles = draw_tiles(1)
    read = read_tiles(tiles, tmp_path / "model.onnx")
    assert len(read) == len(tiles)
    assert {character.lower() for character in read} <= set(LABELS)
    picture = compose(tiles, read)
    assert picture.width > picture.height


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(InputError, match=r"model\.onnx: no ONNX model"):
        read_tiles(draw_tiles(1), tmp_path / "model.onnx")
    with pytest.raises(InputError, match=r"none\.onnx: no such file"):
        read_tiles(draw_tiles(1), tmp_path / "none.onnx")


def test_the_command_writes_the_picture_and_says_how_much_is_right(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--out", str(tmp_path / "new/picture.png"), "--seed", "2"])
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r".*picture\.png: [0-9]+ of 50 read right\n", done.output)
    with Image.open(tmp_path / "new/picture.png") as picture:
        assert picture.size[0] > 500
