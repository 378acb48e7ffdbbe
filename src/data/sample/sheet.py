"""A contact sheet of the stroke writer: every letter in both cases and every digit, a few draws each."""

from pathlib import Path

import click
import numpy as np
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from src.common.command import Command
from src.common.report_files import write_png
from src.data.writer.draw import draw_glyph
from src.features.labels import DIGITS, LETTERS

_CAPTION = 26
_GAP = 8


def make_sheet(draws: int, columns: int, cell: int, seed: int) -> Image.Image:
    """Draw all 76 glyphs, `draws` times each in cells of `cell` px, `columns` glyphs a row, each under its caption."""
    glyphs = [(letter, case) for letter in LETTERS for case in (False, True)] + [(digit, False) for digit in DIGITS]
    font = ImageFont.truetype(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf", 18)
    width, height = draws * cell + _GAP, cell + _CAPTION + _GAP
    sheet = Image.new("L", (columns * width, -(-len(glyphs) // columns) * height), 255)
    canvas = ImageDraw.Draw(sheet)
    for place, (label, is_uppercase) in enumerate(glyphs):
        left, top = place % columns * width, place // columns * height
        canvas.text((left + _GAP, top + 2), label.upper() if is_uppercase else label, 110, font)
        canvas.line((left + _GAP, top + _CAPTION, left + width - _GAP, top + _CAPTION), 210)
        generator = np.random.default_rng([seed, place])
        for draw in range(draws):
            glyph = draw_glyph(label, is_uppercase, generator, cell)
            sheet.paste(Image.fromarray(glyph), (left + _GAP // 2 + draw * cell, top + _CAPTION + 2))
    return sheet


@click.command(cls=Command)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--draws", default=4, show_default=True, type=click.IntRange(1, 50), help="Draws of each glyph.")
@click.option("--columns", default=4, show_default=True, type=click.IntRange(1, 76), help="Glyphs a row.")
@click.option("--cell", default=100, show_default=True, type=click.IntRange(20, 400), help="Side of a draw, px.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of the draws.")
def main(out: Path, draws: int, columns: int, cell: int, seed: int) -> None:
    """Write a contact sheet of the embedded sample's 76 glyphs to OUT, a PNG file."""
    sheet = make_sheet(draws, columns, cell, seed)
    write_png(sheet, out)
    click.echo(f"{out}: {sheet.width}x{sheet.height} px")


if __name__ == "__main__":
    main()
