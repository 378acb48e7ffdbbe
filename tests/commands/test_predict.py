"""What a user may rely on from `pysar predict`: answers in four formats, also where some of the files are bad."""

import csv
import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from src.commands.predict import main
from src.features.labels import LABELS
from src.prediction import many
from src.prediction.many import Asked, read_files
from src.prediction.model import read_model
from src.prediction.model_file import RELEASED, released_file
from tests.prediction.broken_models import BROKEN
from tests.prediction.drawings import drawn, encoded, save

KEYS = ["path", "label", "uppercase", "p_label", "p_uppercase", "is_character", "score", "top"]


def _predict(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), "--model", str(RELEASED)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four letters and a digit, named after what they show, in a path with spaces and Cyrillic letters."""
    root = tmp_path / "мої літери"
    for name, label, is_uppercase in (("Ж", "ж", True), ("ж", "ж", False), ("ю", "ю", False), ("ф", "ф", False)):
        save(root / f"глибше/{name}.png", encoded(drawn(label, is_uppercase=is_uppercase)))
    save(root / "7.png", encoded(drawn("7")))
    return root


def test_jsonl_has_one_object_a_picture_with_the_keys_of_the_contract(folder: Path) -> None:
    result = _predict(folder, "--format", "jsonl", "--top", "5", "--sized")
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(answer) for answer in answers] == [KEYS] * 5
    assert [answer["path"] for answer in answers] == sorted(path.as_posix() for path in folder.rglob("*.png"))
    for answer in answers:
        assert len(answer["top"]) == 5
        assert answer["top"][0] == {"label": answer["label"], "p": answer["p_label"]}
        assert answer["label"] == Path(answer["path"]).stem.lower()
        assert answer["is_character"] is True
        if answer["label"] == "7":
            assert answer["uppercase"] is answer["p_uppercase"] is None
        else:
            assert answer["uppercase"] in {None, Path(answer["path"]).stem.isupper()}


def test_csv_says_what_jsonl_says(folder: Path) -> None:
    rows = list(csv.DictReader(StringIO(_predict(folder, "--format", "csv").stdout)))
    answers = [json.loads(line) for line in _predict(folder, "--format", "jsonl").stdout.splitlines()]
    for row, answer in zip(rows, answers, strict=True):
        assert list(row) == KEYS
        for key in ("path", "label"):
            assert row[key] == answer[key]
        for key in KEYS[2:]:
            assert (json.loads(row[key]) if row[key] else None) == answer[key]


def test_ascii_gives_the_code_of_the_uppercase_character_and_the_path(folder: Path) -> None:
    lines = _predict(folder, "--format", "ascii").stdout.splitlines()
    paths = sorted(path.as_posix() for path in folder.rglob("*.png"))
    assert lines == [f"{ord(Path(path).stem.upper())}, {path}" for path in paths]


def test_the_table_shows_a_line_for_each_picture(folder: Path) -> None:
    result = _predict(folder)
    assert result.stdout.splitlines()[0].split()[0] == "label"
    assert len(result.stdout.splitlines()) == 6


@pytest.mark.parametrize(("kind", "labels"), [("letter", LABELS[10:]), ("digit", LABELS[:10])])
def test_a_known_kind_keeps_to_its_labels(folder: Path, kind: str, labels: str) -> None:
    result = _predict(folder, "--format", "jsonl", "--kind", kind, "--top", "43")
    for line in result.stdout.splitlines():
        answer = json.loads(line)
        assert answer["label"] in labels
        assert sum(each["p"] for each in answer["top"]) == pytest.approx(1, abs=1e-4)
        assert all(each["label"] in labels or each["p"] == 0 for each in answer["top"])


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("words", [[], ["--sized"], ["--kind", "letter"], ["--kind", "digit"]])
def test_of_a_picture_without_ink_no_label_is_likelier_than_another(
    tmp_path: Path, grey: int, words: list[str]
) -> None:
    path = save(tmp_path / "blank.png", encoded(np.full((50, 40), grey, np.uint8)))
    answer = json.loads(_predict(path, "--format", "jsonl", "--top", "43", *words).stdout)
    assert answer["is_character"] is False
    assert answer["uppercase"] is None
    count = {"letter": 33, "digit": 10}.get(words[-1] if words else "", 43)
    assert [each["p"] for each in answer["top"][:count]] == [round(1 / count, 6)] * count
    assert answer["p_label"] == round(1 / count, 6)


def test_ink_beside_blank_pictures_is_read_as_without_them(folder: Path) -> None:
    alone = _predict(folder, "--format", "jsonl").stdout.splitlines()
    save(folder / "blank.png", encoded(drawn() * 0 + 255))
    beside = _predict(folder, "--format", "jsonl").stdout.splitlines()
    assert [line for line in beside if "blank.png" not in line] == alone


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP"])
def test_a_file_of_several_frames_is_told_of_once_and_its_first_is_answered(tmp_path: Path, form: str) -> None:
    pictures = [Image.fromarray(drawn(label)) for label in "жю"]
    path = save(tmp_path / "two", encoded(pictures[0], form, save_all=True, append_images=pictures[1:]))
    one = save(tmp_path / "one", encoded(pictures[0], form))
    result = _predict(path, one, "--format", "jsonl")
    assert result.exit_code == 0
    assert result.stderr == f"{path}: several pages or frames; only the first was read\n"
    several, single = sorted(map(json.loads, result.stdout.splitlines()), key=lambda answer: -len(answer))
    assert several.pop("more_frames") is True
    assert several["label"] == single["label"] == "ж"
    assert list(single) == KEYS


def test_bad_files_are_reported_and_the_rest_is_answered(folder: Path) -> None:
    save(folder / "cut.png", encoded(drawn())[:300])
    save(folder / "empty.gif", b"")
    save(folder / "text.PNG", b"a text")
    os.mkfifo(folder / "fifo.png")
    (folder / "loop.png").symlink_to(folder / "loop.png")
    result = _predict(folder, "--format", "jsonl")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 5
    for name in ("cut.png", "empty.gif", "text.PNG", "fifo.png", "loop.png"):
        assert len([line for line in result.stderr.splitlines() if f"{name}: " in line]) == 1


def test_an_empty_folder_has_no_answers(tmp_path: Path) -> None:
    result = _predict(tmp_path, "--format", "jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{tmp_path}: no pictures in it\n"


def test_pictures_of_other_kinds_are_told_of(tmp_path: Path) -> None:
    save(tmp_path / "photo.jfif", encoded(drawn(), "JPEG"))
    save(tmp_path / "photo.HEIC", b"\0\0\0\x18ftypheic")
    save(tmp_path / "named so by a telephone.HEIC", encoded(drawn(), "JPEG"))
    result = _predict(tmp_path, "--format", "ascii")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.startswith(f"{tmp_path / 'photo.HEIC'}: no picture that can be read")


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere.png"],
        ["--kind", "word", "."],
        ["--top", "0", "."],
        ["--top", "44", "."],
        ["--output", "a.csv", "."],
        [],
    ],
)
def test_bad_usage_ends_with_status_2_and_a_line(words: list[str]) -> None:
    result = _predict(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_several_processes_give_the_answers_of_one_in_the_same_order(folder: Path) -> None:
    paths = sorted(folder.rglob("*.png")) * 15
    answers = [list(read_files(paths, read_model(RELEASED), Asked(), workers)) for workers in (1, 2)]
    assert [path for path, _ in answers[1]] == paths
    assert answers[0] == answers[1]


def test_answers_come_before_the_last_picture_is_read(folder: Path) -> None:
    bad = folder / "gone.png"
    paths = [*[folder / "7.png"] * many._CHUNK, bad]
    answers = read_files(paths, read_model(RELEASED), Asked(), 1)
    assert next(answers)[0] == folder / "7.png"
    save(bad)
    assert list(answers)[-1][1] == next(iter(read_files([bad], read_model(RELEASED), Asked(), 1)))[1]


@pytest.mark.parametrize("fault", ["NaN", "other side", "renamed output", "side in words", "cold calibration", "cut"])
def test_a_model_that_does_not_work_is_told_of_in_one_line(fault: str, folder: Path, tmp_path: Path) -> None:
    content, reason = BROKEN[fault]
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    result = CliRunner().invoke(main, [str(folder), "--model", str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(rf"Error: {path}: .*({reason}).*\n", result.stderr)


def test_a_task_is_not_read_by_a_model_of_another_alphabet(folder: Path, tmp_path: Path) -> None:
    latin = str(released_file("emnist-balanced"))
    assert CliRunner().invoke(main, [str(folder), "--model", latin]).exit_code == 0
    for task in ("ukrainian", "emnist-mnist"):
        result = CliRunner().invoke(main, [str(folder), "--task", task, "--model", latin])
        assert result.exit_code == 2
        assert f"it reads another alphabet than {task}" in result.stderr


def test_reading_imports_neither_torch_nor_the_tools_of_training(folder: Path) -> None:
    script = (
        "import sys; from src.commands.predict import main\n"
        f"main([{str(folder)!r}, '--model', {str(RELEASED)!r}], standalone_mode=False)\n"
        "print(*{'torch', 'pandas', 'dvc', 'mlflow', 'sklearn', 'matplotlib'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


def test_a_line_of_a_hundred_thousand_pixels_is_reported_and_the_rest_is_answered(folder: Path) -> None:
    line = np.full((10, 100_000), 255, np.uint8)
    line[5] = 0
    save(folder / "line.png", encoded(line))
    result = _predict(folder, "--format", "jsonl")
    assert result.exit_code == 1
    assert "line.png: 100,000 x 10 pixels" in result.stderr
    assert len(result.stdout.splitlines()) == 5
