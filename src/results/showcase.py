"""The picture on top of README.md: a pangram by our own stroke writer, and what the model reads letter by letter."""

from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from matplotlib import get_data_path
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from src.common.command import Command
from src.common.report_files import write_png
from src.data.writer.draw import draw_glyph
from src.features.labels import LABELS
from src.features.picture.normalize import normalize
from src.prediction.answer import answer_glyphs
from src.prediction.model import read_model
from src.prediction.model_file import find_model
from src.workspace.repository import find_root

PICTURE = Path("docs/pictures/predictions.png")
LINES = ("Чуєш їх, доцю, га?", "Кумедна ж ти,", "прощайся без ґольфів!", "0 1 2 3 4 5 6 7 8 9")
"""A pangram: all 33 letters."""

_CANVAS = 200
_CELL = 76
_CROP = 0.8
_SPACE = 30
_LINE = 118
_MARGIN = 36
_RIGHT, _WRONG = "#1a7f37", "#cf222e"


class Tile(NamedTuple):
    """A drawn glyph on its line: `left` px from the margin, with the character meant and its (200, 200) picture."""

    line: int
    left: int
    character: str
    glyph: NDArray[np.uint8]


def draw_tiles(seed: int) -> list[Tile]:
    """Draw every letter and digit of the lines; punctuation is left out."""
    generator = np.random.default_rng(seed)
    tiles = []
    for line, text in enumerate(LINES):
        left = 0
        for character in text:
            label = character.lower()
            if label in LABELS:
                tiles.append(Tile(line, left, character, draw_glyph(label, character != label, generator, _CANVAS)))
                left += _CELL
            elif character == " ":
                left += _SPACE
    return tiles


def read_tiles(tiles: list[Tile], model: Path) -> list[str]:
    """Return the character that the model reads in each tile, in the likelier case where it is a letter.

    Raises:
        InputError: The model is missing or is no model of ours.
    """
    answers = answer_glyphs(read_model(model), [normalize(tile.glyph) for tile in tiles], height_known=True)
    return [answer["label"].upper() if (answer["p_uppercase"] or 0) > 0.5 else answer["label"] for answer in answers]


def compose(tiles: list[Tile], read: list[str]) -> Image.Image:
    """Lay the glyphs out in lines, under each what was read: green where it is right, red where it is wrong."""
    width = max(tile.left for tile in tiles) + _CELL + 2 * _MARGIN
    picture = Image.new("RGB", (width, len(LINES) * _LINE + 2 * _MARGIN - 14), "white")
    canvas = ImageDraw.Draw(picture)
    font = ImageFont.truetype(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf", 20)
    inset = round(_CANVAS * (1 - _CROP) / 2)
    for tile, answer in zip(tiles, read, strict=True):
        glyph = Image.fromarray(tile.glyph).crop((inset, inset, _CANVAS - inset, _CANVAS - inset))
        left, top = _MARGIN + tile.left, _MARGIN + tile.line * _LINE - 14
        picture.paste(glyph.resize((_CELL, _CELL), Image.Resampling.LANCZOS), (left, top))
        colour = _RIGHT if answer == tile.character else _WRONG
        canvas.text((left + _CELL // 2, top + _CELL + 16), answer, colour, font, anchor="mm")
    return picture


@click.command(cls=Command)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=f"Where to write it, if not {PICTURE}.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of the handwriting.")
def main(out: Path | None, seed: int) -> None:
    """Draw README's picture: what the model reads in letters of our own stroke writer.

    It is the model of the last run, or the released one where there was none.
    """
    place = out or find_root(Path.cwd()) / PICTURE
    tiles = draw_tiles(seed)
    read = read_tiles(tiles, find_model(None, Path.cwd()))
    write_png(compose(tiles, read), place)
    right = sum(answer == tile.character for answer, tile in zip(read, tiles, strict=True))
    click.echo(f"{place}: {right} of {len(tiles)} read right")


if __name__ == "__main__":
    main()
