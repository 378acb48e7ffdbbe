"""What a user may rely on: every picture in a folder is found once, and nothing there makes the search hang."""

import os
from pathlib import Path

import pytest

from src.prediction.picture_files import SUFFIXES, find_pictures
from tests.prediction.drawings import save


def test_pictures_of_any_depth_and_letter_case_are_found_in_alphabetical_order(tmp_path: Path) -> None:
    names = [f"тека {n}/ще одна/б{n}{suffix.upper() if n % 2 else suffix}" for n, suffix in enumerate(SUFFIXES)]
    expected = sorted((save(tmp_path / name, b"x") for name in names), key=Path.as_posix)
    save(tmp_path / "тека 0/notes.txt", b"x")
    assert find_pictures([tmp_path]) == (expected, [])


def test_a_file_that_is_named_is_read_whatever_its_name_and_only_once(tmp_path: Path) -> None:
    path = save(tmp_path / "drawing", b"x")
    other = save(tmp_path / "a.png", b"x")
    assert find_pictures([path, tmp_path, other]) == ([other, path], [])


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    picture = save(tmp_path / "inner/a.png", b"x")
    (tmp_path / "inner/above").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "inner")
    pictures, problems = find_pictures([tmp_path])
    assert picture in pictures
    assert tmp_path / "other/a.png" in pictures
    assert problems
    assert all("link" in problem.reason for problem in problems)


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
