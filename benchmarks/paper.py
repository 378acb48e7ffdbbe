"""What paper costs: letters of unseen hands on blank paper, and the same on made paper: `python -m benchmarks.paper`.

The letters are CoMNIST's, of which nothing was trained or tuned on; the reader is told that they are letters. A loss is
of the same letters, so its standard error is that of pairs. Writes benchmarks/results/paper.json, and the manual's
picture of each paper and what is read of it, with letters of our own writer.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.made_paper import PAPERS, Ink
from src.common.command import Command
from src.common.cores import allowed_cores, in_order
from src.common.errors import InputError
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.paths import EXPORTED, RAW_COMNIST
from src.data.corpora.comnist_pictures import judge_names, read_files
from src.data.corpora.png import decode_png
from src.data.writer.draw import draw_glyph
from src.features.picture.normalize import Glyph, normalize
from src.prediction.answer import answer_glyphs
from src.prediction.model import read_model
from src.workspace.measurements import on_disk, revision_of

RESULT = Path("benchmarks/results/paper.json")
SHEET = Path("docs/pictures/paper.png")
_SIDE = 200
_MARGIN = 0.18
_SEED = 1


def choose_letters(folder: Path, per_letter: int) -> list[tuple[str, bytes]]:
    """Return so many pictures of each letter with the letter, chosen by seed.

    Raises:
        InputError: The corpus is not there.
    """
    files = read_files(folder)
    letters, faults = judge_names(list(files))
    usable = ~np.logical_or.reduce(list(faults.values()))
    generator = np.random.default_rng(_SEED)
    names = np.array(list(files))
    chosen = []
    for letter in sorted(set(letters[usable])):
        own = names[usable & (letters == letter).to_numpy()]
        chosen += [(letter, files[name]) for name in generator.permutation(own)[:per_letter]]
    return chosen


def ink_of(content: bytes) -> Ink:
    """Return the ink of a picture, (200, 200) float 0..1, with room around it.

    Raises:
        InputError: It is no picture, or blank.
    """
    grey = decode_png(content)
    if grey is None or grey.min() == grey.max():
        raise InputError("CoMNIST: a picture cannot be read; delete data/raw/comnist and run `dvc repro`")
    ink = 1 - grey.astype(np.float64) / 255
    left, top, width, height = cv2.boundingRect((ink > 0.5).astype(np.uint8))
    scale = _SIDE * (1 - 2 * _MARGIN) / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA)
    placed = np.zeros((_SIDE, _SIDE))
    row, column = (_SIDE - size[1]) // 2, (_SIDE - size[0]) // 2
    placed[row : row + size[1], column : column + size[0]] = small
    return placed


def on_papers(numbered: tuple[int, bytes]) -> list[Glyph]:
    """Return the glyphs of a letter on each paper."""
    number, content = numbered
    ink = ink_of(content)
    return [
        normalize(make(ink, np.random.default_rng([_SEED, number, place])))
        for place, make in enumerate(PAPERS.values())
    ]


def figures(right: Mapping[str, NDArray[np.bool_]], refused: Mapping[str, NDArray[np.bool_]]) -> dict[str, Any]:
    """Return for each paper the share that is read rightly and refused, and what it costs in points."""
    blank = right["blank"].astype(np.float64)
    costs = {paper: 100 * (blank - own) for paper, own in right.items()}
    return {
        paper: {
            "right": float(own.mean()),
            "refused": float(refused[paper].mean()),
            "points": float(costs[paper].mean()),
            "standard_error": float(costs[paper].std(ddof=1) / np.sqrt(len(own))),
        }
        for paper, own in right.items()
    }


def draw_papers(word: str, tile: int = 96) -> Image.Image:
    """Return each letter of a word on each paper, a row a paper, and below it what the network sees of it."""
    rows = []
    for place, make in enumerate(PAPERS.values()):
        pictures, glyphs = [], []
        for number, letter in enumerate(word):
            generator = np.random.default_rng([_SEED, number, place])
            picture = make(
                1 - draw_glyph(letter.lower(), letter.isupper(), generator).astype(np.float64) / 255, generator
            )
            pictures.append(cv2.resize(picture, (tile, tile), interpolation=cv2.INTER_AREA))
            seen = cv2.resize(255 - normalize(picture).image, (tile // 2, tile // 2), interpolation=cv2.INTER_NEAREST)
            glyphs.append(cv2.copyMakeBorder(seen, 4, 12, tile // 4, tile // 4, cv2.BORDER_CONSTANT, value=255))
        rows.append(np.vstack([np.hstack(pictures), np.repeat(np.hstack(glyphs)[..., None], 3, axis=2)]))
    return Image.fromarray(np.vstack(rows).astype(np.uint8))


@click.command(cls=Command)
@click.option("--per-letter", type=click.IntRange(2), default=40, show_default=True, help="Pictures of each letter.")
@click.option(
    "--model", type=click.Path(dir_okay=False, path_type=Path), default=EXPORTED, show_default=True, help="Reads them."
)
def main(per_letter: int, model: Path) -> None:
    """Measure what each kind of paper costs."""
    revision = revision_of(RESULT.name, on_disk(Path()))
    reader, chosen = read_model(model), choose_letters(RAW_COMNIST, per_letter)
    contents = list(enumerate(content for _, content in chosen))
    glyphs = list(in_order(on_papers, contents, allowed_cores()))
    answers = {
        paper: answer_glyphs(reader, [each[place] for each in glyphs], kind="letter")
        for place, paper in enumerate(PAPERS)
    }
    truth = [letter for letter, _ in chosen]
    right = {paper: np.array([each["label"] for each in own]) == truth for paper, own in answers.items()}
    refused = {paper: np.array([not each["is_character"] for each in own]) for paper, own in answers.items()}
    papers = figures(right, refused)
    write_png(draw_papers("Писарчук"), SHEET)
    write_json(RESULT, {"letters": len(chosen), "papers": papers, "revision": revision})
    table = Table(title=f"{len(chosen)} letters", title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    for header in ("paper", "right", "refused", "costs, points"):
        table.add_column(header, justify="left" if header == "paper" else "right")
    for paper, own in papers.items():
        cost = f"{own['points']:.1f} ± {own['standard_error']:.1f}"
        table.add_row(paper, f"{100 * own['right']:.1f} %", f"{100 * own['refused']:.1f} %", cost)
    Console().print(table)


if __name__ == "__main__":
    main()
