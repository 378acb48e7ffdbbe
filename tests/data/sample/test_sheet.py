"""What a user may rely on: the contact sheet shows ink in each of its 76 cells."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from PIL import Image

from src.data.sample.sheet import main


def test_the_sheet_shows_all_76_glyphs(tmp_path: Path) -> None:
    out = tmp_path / "new" / "sheet.png"
    result = CliRunner().invoke(main, [str(out), "--draws", "1", "--columns", "4", "--cell", "40"])
    assert result.exit_code == 0, result.output
    sheet = np.asarray(Image.open(out))
    assert sheet.shape == (19 * 74, 4 * 48)
    cells = sheet.reshape(19, 74, 4, 48)[:, 30:68]
    assert (cells.min(axis=(1, 3)) < 60).all()
