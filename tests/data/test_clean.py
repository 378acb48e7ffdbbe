import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from src.data.clean import clean, list_pictures, main
from src.data.glyph_checks import decode
from src.data.glyph_csv import read_glyph_csv
from src.data.glyph_ink import Box
from src.data.glyph_table import COORDINATES, read_glyph_table

ROOT = Path(__file__).parents[2]
LETTER = Box(60, 60, 120, 140)
LINE = Box(150, 0, 160, 199)
SPECK = Box(180, 70, 184, 73)


class Corpus:
    """A crafted corpus in upstream's format: swapped columns, inclusive ends, RGB pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[dict[str, Any]] = []
        (folder / "glyphs").mkdir(parents=True)

    def row(self, name: str, box: Box = LETTER, label: str = "а", *, is_uppercase: bool = False) -> None:
        swapped = {"top": box.left, "bottom": box.right - 1, "left": box.top, "right": box.bottom - 1}
        self.rows.append({"label": label, "is_uppercase": is_uppercase, **swapped, "filename": f"glyphs/{name}.png"})

    def picture(self, name: str, *boxes: Box, mark: int = 0) -> None:
        """Draw ink; a `mark` is a hole in the letter that makes its pixels its own."""
        pixels = np.full((200, 200, 3), 255, np.uint8)
        for box in boxes:
            pixels[box.top : box.bottom, box.left : box.right] = 0
        pixels[100, 80 : 80 + mark] = 255
        Image.fromarray(pixels).save(self.folder / "glyphs" / f"{name}.png")

    def save(self) -> None:
        with (self.folder / "glyphs.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Every case once, between two rows that are fine."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    made = Corpus(tmp_path / "data/raw/rukopys")
    made.row("fine-0")
    made.picture("fine-0", LETTER)
    made.row("off", Box(71, 60, 120, 140))
    made.picture("off", LETTER, mark=1)
    made.row("line", LETTER.union(LINE))
    made.picture("line", LETTER, LINE)
    made.row("speck", LETTER.union(SPECK))
    made.picture("speck", LETTER, SPECK)
    made.row("absent")
    made.row("blank")
    made.picture("blank")
    made.row("corrupt")
    made.picture("corrupt", LETTER)
    whole = (made.folder / "glyphs/corrupt.png").read_bytes()
    (made.folder / "glyphs/corrupt.png").write_bytes(whole[: len(whole) // 2])
    made.row("latin", label="a")
    made.picture("latin", LETTER, mark=2)
    made.row("twice")
    made.picture("twice", LETTER)
    for name, is_uppercase in (("two-labels-0", False), ("two-labels-1", True)):
        made.row(name, label="о", is_uppercase=is_uppercase)
        made.picture(name, LETTER, mark=3)
    made.picture("spare", LETTER, mark=4)
    made.row("fine-1", label="ї", is_uppercase=True)
    made.picture("fine-1", LETTER, mark=5)
    made.save()
    return made


def run() -> Result:
    return CliRunner().invoke(main, [])


def read_problems() -> list[dict[str, str]]:
    with Path("reports/clean/problems.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.usefixtures("corpus")
def test_each_case_is_listed_with_what_was_done() -> None:
    assert run().exit_code == 0

    listed = {(line["filename"].removeprefix("glyphs/"), line["case"], line["action"]) for line in read_problems()}
    assert listed == {
        ("off.png", "box_off_ink", "repaired"),
        ("line.png", "stray_line", "repaired"),
        ("speck.png", "far_speck", "repaired"),
        ("absent.png", "row_without_picture", "dropped"),
        ("blank.png", "no_ink", "dropped"),
        ("corrupt.png", "unreadable_picture", "dropped"),
        ("latin.png", "unknown_label", "dropped"),
        ("twice.png", "same_pixels_twice", "dropped"),
        ("two-labels-0.png", "same_pixels_two_labels", "dropped"),
        ("two-labels-1.png", "same_pixels_two_labels", "dropped"),
        ("spare.png", "picture_in_no_row", "ignored"),
    }
    assert all(line["reason"] for line in read_problems())


@pytest.mark.usefixtures("corpus")
def test_reasons_name_what_a_reader_needs_to_check_them() -> None:
    run()

    reasons = {line["filename"]: line["reason"] for line in read_problems()}
    assert "U+0061" in reasons["glyphs/latin.png"]
    assert "glyphs/fine-0.png" in reasons["glyphs/twice.png"]
    assert "glyphs/two-labels-1.png (uppercase о)" in reasons["glyphs/two-labels-0.png"]
    assert str(LINE) in reasons["glyphs/line.png"]


@pytest.mark.usefixtures("corpus")
def test_the_figures_add_up_and_agree_with_the_list() -> None:
    run()

    metrics = json.loads(Path("reports/clean/metrics.json").read_text(encoding="utf-8"))
    counted = Counter((line["action"], line["case"]) for line in read_problems())
    for action in ("dropped", "repaired", "ignored"):
        assert {case: counted[action, case] for case in metrics[action]} == metrics[action]
    assert sum(counted.values()) == sum(sum(metrics[action].values()) for action in ("dropped", "repaired", "ignored"))
    assert metrics["rows_in"] == 12
    assert metrics["rows_in"] == metrics["rows_out"] + sum(metrics["dropped"].values())
    assert metrics["rows_dropped"] == sum(metrics["dropped"].values())
    assert metrics["rows_repaired"] == 3
    assert metrics["rows_out"] == len(read_glyph_table(Path("data/interim/glyphs.parquet")))


@pytest.mark.usefixtures("corpus")
def test_what_stays_has_the_box_of_its_letter_alone_in_the_order_of_the_file() -> None:
    run()

    table = read_glyph_table(Path("data/interim/glyphs.parquet"))
    assert table["filename"].tolist() == [f"glyphs/{name}.png" for name in ("fine-0", "off", "line", "speck", "fine-1")]
    assert table["label"].tolist() == ["а", "а", "а", "а", "ї"]
    assert table["is_uppercase"].tolist() == [False, False, False, False, True]
    assert {tuple(box) for box in table[COORDINATES].to_numpy().tolist()} == {tuple(LETTER)}
    assert [repair.split(":")[0] for repair in table["repair"]] == ["", "box_off_ink", "stray_line", "far_speck", ""]


@pytest.mark.usefixtures("corpus")
def test_the_sheet_shows_the_problems_and_a_second_run_writes_the_same_bytes() -> None:
    reports = [f"reports/clean/{name}" for name in ("metrics.json", "problems.csv", "problems.png")]
    written = ["data/interim/glyphs.parquet", *reports]
    run()
    first = [Path(name).read_bytes() for name in written]
    run()

    assert [Path(name).read_bytes() for name in written] == first
    with Image.open("reports/clean/problems.png") as sheet:
        assert sheet.height > 2 * 200


def test_a_corpus_without_problems_is_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    corpus = Corpus(tmp_path / "data/raw/rukopys")
    corpus.row("fine")
    corpus.picture("fine", LETTER)
    corpus.save()

    assert run().exit_code == 0

    assert read_problems() == []
    assert Path("reports/clean/problems.png").is_file()


def test_where_no_row_is_usable_the_reports_say_why_and_no_table_is_left(corpus: Corpus) -> None:
    shutil.rmtree(corpus.folder / "glyphs")

    result = run()

    assert result.exit_code == 2
    assert "problems.csv" in result.stderr
    assert len(read_problems()) == 12
    assert not Path("data/interim/glyphs.parquet").exists()


def test_a_malformed_file_ends_the_stage_in_one_line_before_anything_is_written(corpus: Corpus) -> None:
    (corpus.folder / "glyphs.csv").write_text("label,filename\nа,glyphs/fine-0.png\n", encoding="utf-8")

    result = run()

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: data/raw/rukopys/glyphs.csv: no column is_uppercase, top")
    assert not Path("reports").exists()
    assert not Path("data/interim").exists()


def test_a_filename_that_leaves_the_corpus_is_no_picture(corpus: Corpus) -> None:
    Image.new("RGB", (200, 200)).save(corpus.folder.parent / "outside.png")
    corpus.rows[0]["filename"] = "../outside.png"
    corpus.save()

    cleaning = clean(read_glyph_csv(corpus.folder / "glyphs.csv"), list_pictures(corpus.folder), 2)

    assert cleaning.problems[0].case == "row_without_picture"


@settings(deadline=None)  # the first picture loads Pillow's readers
@given(st.data())
def test_a_picture_with_a_flipped_bit_is_unreadable_or_unchanged(data: st.DataObject) -> None:
    frame, pictures = in_memory([("а", LETTER)])
    whole = pictures["glyphs/0.png"]()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    broken = bytearray(whole)
    broken[bit // 8] ^= 1 << bit % 8

    cleaning = clean(frame, {"glyphs/0.png": lambda: bytes(broken)}, tolerance=0)

    if cleaning.problems:
        assert [problem.case for problem in cleaning.problems] == ["unreadable_picture"]
    else:
        np.testing.assert_array_equal(decode(bytes(broken)), decode(whole))


def in_memory(rows: list[tuple[str, Box]]) -> tuple[pd.DataFrame, dict[str, Callable[[], bytes]]]:
    """Rows (label, box) that all have the same picture, of LETTER."""
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[LETTER.top : LETTER.bottom, LETTER.left : LETTER.right] = 0
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    names = [f"glyphs/{number}.png" for number in range(len(rows))]
    frame = pd.DataFrame([box for _, box in rows], columns=COORDINATES)
    frame = frame.assign(filename=names, label=[label for label, _ in rows], is_uppercase=False)
    return frame, dict.fromkeys(names, stream.getvalue)


@pytest.mark.parametrize(
    ("labels", "kept", "case"),
    [("ааа", [0], "same_pixels_twice"), ("аао", [], "same_pixels_two_labels"), ("aоо", [1], "same_pixels_twice")],
)
def test_of_same_pixels_the_first_stays_and_none_where_the_letter_is_in_doubt(
    labels: str, kept: list[int], case: str
) -> None:
    cleaning = clean(*in_memory([(label, LETTER) for label in labels]), tolerance=2)

    assert cleaning.table["filename"].tolist() == [f"glyphs/{number}.png" for number in kept]
    assert cleaning.problems[-1].case == case
    assert len(cleaning.problems) == len(labels) - len(kept)


@settings(deadline=None)  # the first picture loads Pillow's readers
@given(st.tuples(*[st.integers(-6, 6)] * 4), st.integers(0, 4))
def test_a_box_is_a_problem_exactly_where_it_is_off_by_more_than_the_tolerance(
    offsets: tuple[int, int, int, int], tolerance: int
) -> None:
    box = Box(*(side + offset for side, offset in zip(LETTER, offsets, strict=True)))

    cleaning = clean(*in_memory([("а", box)]), tolerance)

    off = max(map(abs, offsets))
    assert [problem.case for problem in cleaning.problems] == ["box_off_ink"] * (off > tolerance)
    assert cleaning.metrics["rows_adjusted_within_tolerance"] == (0 < off <= tolerance)
    assert cleaning.table[COORDINATES].to_numpy().tolist() == [list(LETTER)]
