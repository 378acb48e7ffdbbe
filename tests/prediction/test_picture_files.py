"""What a user may rely on: every picture in a folder is found once, and nothing there makes the search hang."""

import os
import subprocess
from pathlib import Path

import pytest

from src.prediction.picture_files import SUFFIXES, Problem, find_pictures
from tests.prediction.drawings import save


def test_pictures_of_any_depth_and_letter_case_are_found_in_alphabetical_order(tmp_path: Path) -> None:
    names = [f"тека {n}/ще одна/б{n}{suffix.upper() if n % 2 else suffix}" for n, suffix in enumerate(sorted(SUFFIXES))]
    expected = sorted((save(tmp_path / name, b"x") for name in names), key=Path.as_posix)
    save(tmp_path / "тека 0/notes.txt", b"x")
    assert find_pictures([tmp_path]) == (expected, [])


def test_a_file_that_is_named_is_read_whatever_its_name_and_only_once(tmp_path: Path) -> None:
    path = save(tmp_path / "drawing", b"x")
    other = save(tmp_path / "a.png", b"x")
    assert find_pictures([path, tmp_path, other]) == ([other, path], [])


def test_links_are_followed_and_each_folder_is_looked_into_once(tmp_path: Path) -> None:
    pictures = [save(tmp_path / "asked/inner/a.png", b"x"), save(tmp_path / "elsewhere/b.png", b"x")]
    asked = tmp_path / "asked"
    for name, target in (("a link", "inner"), ("inner/above", "."), ("out", "../elsewhere"), ("out again", "out")):
        (asked / name).symlink_to(asked / target)
    found, problems = find_pictures([asked])
    assert found == [pictures[0], asked / "out/b.png"]
    assert {problem.path: problem.reason for problem in problems} == {
        asked / "a link": f"a link to {asked / 'inner'}, which is read once",
        asked / "inner/above": f"a link to {asked}, which is read once",
        asked / "out again": f"a link to {asked / 'out'}, which is read once",
    }
    assert all(problem.is_harmless for problem in problems)


def test_seven_folders_that_are_linked_to_each_other_have_seven_pictures(tmp_path: Path) -> None:
    folders = [tmp_path / f"{n}" for n in range(7)]
    pictures = [save(folder / "a.png", b"x") for folder in folders]
    for folder in folders:
        for other in folders:
            if other != folder:
                (folder / f"to {other.name}").symlink_to(other)
    found, problems = find_pictures([tmp_path])
    assert found == pictures
    assert len(problems) == 42
    assert find_pictures([folders[3]])[0] == sorted(
        [pictures[3], *(folders[3] / f"to {n}/a.png" for n in (0, 1, 2, 4, 5, 6))]
    )


def test_what_is_asked_for_in_several_ways_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = save(tmp_path / "letters/a.png", b"x")
    (tmp_path / "link").symlink_to("letters")
    monkeypatch.chdir(tmp_path / "letters")
    ways = [Path("a.png"), picture, Path("../letters"), tmp_path / "link/a.png", tmp_path / "link", tmp_path]
    assert find_pictures(ways)[0] == [Path("a.png")]


def test_two_names_of_one_file_are_two_pictures(tmp_path: Path) -> None:
    picture = save(tmp_path / "ж/a.png", b"x")
    linked, hard = tmp_path / "ж/b.png", tmp_path / "ж/c.png"
    linked.symlink_to(picture)
    hard.hardlink_to(picture)
    assert find_pictures([tmp_path]) == ([picture, linked, hard], [])


def test_folders_may_be_deeper_than_python_calls_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1100):
        os.mkdir("d")  # noqa: PTH102 - the whole path is too long for a call
        os.chdir("d")
    save(Path("a.png"), b"x")
    os.chdir(tmp_path)
    try:
        found, problems = find_pictures([Path("d")])
    finally:  # pytest calls itself for each folder
        subprocess.run(["rm", "-r", "d"], check=True)
    assert [path.name for path in found] == ["a.png"]
    assert problems == []


@pytest.mark.parametrize("name", ["a.HEIC", "a.jfif", "a.JPE", "a.avif", "a.Jp2"])
def test_no_kind_of_picture_is_left_out_in_silence(tmp_path: Path, name: str) -> None:
    assert find_pictures([tmp_path, save(tmp_path / name, b"x")])[0] == [tmp_path / name]


def test_a_folder_without_pictures_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    save(tmp_path / "texts/a.txt", b"x")
    save(tmp_path / "texts/deeper/drawing", b"x")
    found, problems = find_pictures([tmp_path / "empty", tmp_path / "texts"])
    assert found == []
    assert [(problem.path.name, problem.is_harmless) for problem in problems] == [("empty", True), ("texts", False)]
    assert "2 files" in problems[1].reason


def test_a_folder_that_may_not_be_looked_into_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "good.png", b"x")
    save(tmp_path / "shut/a.png", b"x")
    (tmp_path / "shut").chmod(0)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    user = os.geteuid()
    if user == 0:  # root may look into everything
        os.seteuid(65534)
    try:
        found = find_pictures([Path()])
    finally:
        os.seteuid(user)
        (tmp_path / "shut").chmod(0o700)
    assert found == ([Path("good.png")], [Problem(Path("shut"), "Permission denied")])


@pytest.mark.parametrize("kind", ["fifo", "loop", "broken"])
def test_what_cannot_be_read_is_a_problem_and_the_rest_is_found(tmp_path: Path, kind: str) -> None:
    odd, good = tmp_path / "odd.png", save(tmp_path / "good.png", b"x")
    if kind == "fifo":
        os.mkfifo(odd)
    else:
        odd.symlink_to(odd if kind == "loop" else tmp_path / "nowhere")
    pictures, problems = find_pictures([tmp_path])
    assert pictures == [good]
    assert [problem.path for problem in problems] == [odd]
