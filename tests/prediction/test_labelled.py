"""What a user may rely on from `pysar predict --labelled`: folders named after labels are compared with answers."""

import csv
import os
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from src.commands.predict import main
from src.prediction.model_file import RELEASED
from tests.prediction.drawings import drawn, encoded, save


def _predict(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["--labelled", *map(str, words), "--model", str(RELEASED)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five letters, one of them in the wrong folder."""
    for name, label, is_uppercase in (
        ("ж/1", "ж", False), ("Ж/1", "ж", True), ("ю/1", "ю", False), ("ю/wrong", "ф", False), ("7/1", "7", False),
    ):  # fmt: skip
        save(tmp_path / "літери" / f"{name}.png", encoded(drawn(label, is_uppercase=is_uppercase)))
    return tmp_path / "літери"


def test_accuracy_and_confusions_are_printed(folder: Path) -> None:
    result = _predict(folder, "--sized")
    assert result.exit_code == 0
    assert "label: 80.00% (4 of 5)" in result.stdout
    assert "case: " in result.stdout
    line = next(line for line in result.stdout.splitlines() if line.split()[:1] == ["ю"])
    assert line.split() == ["ю", "2", "50.0%", "ф", "1"]


def test_each_picture_gets_a_line_of_the_csv(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "answers.csv"
    assert _predict(folder, "--output", output).exit_code == 0
    with output.open(encoding="utf-8", newline="") as stream:
        rows = {Path(row["path"]).relative_to(folder).as_posix(): row for row in csv.DictReader(stream)}
    assert rows["ю/wrong.png"]["predicted"] == "ф"
    assert [rows[name]["right"] for name in ("ю/wrong.png", "ю/1.png")] == ["false", "true"]
    assert [rows[name]["uppercase"] for name in ("ж/1.png", "Ж/1.png", "7/1.png")] == ["false", "true", ""]


def test_a_case_that_folders_do_not_tell_is_not_judged(tmp_path: Path) -> None:
    save(tmp_path / "ж/1.png", encoded(drawn("ж", is_uppercase=True)))
    assert "case" not in _predict(tmp_path).stdout.splitlines()[-1]


def test_letters_of_two_characters_are_the_letters_they_show(tmp_path: Path) -> None:
    save(tmp_path / unicodedata.normalize("NFD", "ї") / "1.png", encoded(drawn("ї")))
    result = _predict(tmp_path)
    assert result.exit_code == 0, result.output
    assert "(1 of 1)" in result.stdout


@pytest.mark.parametrize("name", ["z/1.png", "1.png", "жж/1.png"])
def test_a_folder_that_is_no_label_is_refused(tmp_path: Path, name: str) -> None:
    save(tmp_path / name)
    result = _predict(tmp_path)
    assert result.exit_code == 2
    assert "folder" in result.stderr


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    assert _predict(tmp_path).exit_code == 2


def test_a_wrong_folder_is_told_of_before_a_picture_is_read(folder: Path, tmp_path: Path) -> None:
    save(folder / "zz/1.png")
    save(folder / "ж/0 damaged.png", b"none")
    result = _predict(folder, "--output", tmp_path / "answers.csv")
    assert result.exit_code == 2
    assert "damaged" not in result.stderr
    assert not (tmp_path / "answers.csv").exists()


def test_an_output_that_cannot_be_written_is_told_of_before_a_picture_is_read(folder: Path, tmp_path: Path) -> None:
    save(tmp_path / "file", b"x")
    save(folder / "ж/0 damaged.png", b"none")
    result = _predict(folder, "--output", tmp_path / "file/answers.csv")
    assert result.exit_code == 1
    assert "damaged" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_output_may_be_in_a_folder_that_is_made_or_behind_a_link(folder: Path, tmp_path: Path) -> None:
    behind, link = tmp_path / "made/answers.csv", tmp_path / "link.csv"
    link.symlink_to(behind)
    assert _predict(folder, "--output", link).exit_code == 0
    assert link.is_symlink()
    assert len(behind.read_text("utf-8").splitlines()) == 6


def test_answers_do_not_take_the_place_of_a_picture(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "a link to a picture"
    link.symlink_to(folder / "ж/1.png")
    before = (folder / "ж/1.png").read_bytes()
    for output in (folder / "ж/1.png", folder / "../літери/ж/1.png", link):
        result = _predict(folder, "--output", output)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"Error: --output {output}: it is one of the files that are read; name another\n"
    assert (folder / "ж/1.png").read_bytes() == before


def test_answers_do_not_take_the_place_of_the_model(folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(RELEASED.read_bytes())
    words = ["--labelled", str(folder), "--model", str(model), "--output", str(model)]
    assert CliRunner().invoke(main, words).exit_code == 2
    assert model.read_bytes() == RELEASED.read_bytes()


def test_an_output_behind_a_link_to_itself_is_told_of_in_one_line(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "answers.csv"
    link.symlink_to(link)
    result = _predict(folder, "--output", link)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: --output {link}: a link that leads to itself; name another file\n"


def test_an_output_that_is_a_pipe_stays_one(folder: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # otherwise each end waits for the other
    with os.fdopen(reader, "rb") as stream:
        assert _predict(folder, "--output", pipe).exit_code == 0
        assert len(stream.read().splitlines()) == 6
    assert pipe.is_fifo()
