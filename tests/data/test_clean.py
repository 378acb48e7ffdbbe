import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from src.data.clean import clean, list_pictures, main
from src.data.cleaning.glyph_ink import Box
from src.data.cleaning.glyph_table import COORDINATES, read_glyph_table
from src.data.corpora.glyph_csv import read_glyph_csv
from tests.data.glyph_rows import LETTER, LINE, SPECK, Corpus
from tests.default_params import PARAMS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Every case once, between two rows that are fine."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(PARAMS, tmp_path / "params.yaml")
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

    metrics = json.loads(Path("reports/clean/details.json").read_text(encoding="utf-8"))
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
    reports = [f"reports/clean/{name}" for name in ("details.json", "problems.csv", "problems.png")]
    written = ["data/interim/glyphs.parquet", *reports]
    run()
    first = [Path(name).read_bytes() for name in written]
    run()

    assert [Path(name).read_bytes() for name in written] == first
    with Image.open("reports/clean/problems.png") as sheet:
        assert sheet.height > 2 * 200


def test_a_corpus_without_problems_is_reported_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(PARAMS, tmp_path / "params.yaml")
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
