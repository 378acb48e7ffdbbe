from pathlib import Path

from src.data.tables.sample_mark import SAMPLE_MARK, is_sample, mark_sample


def test_a_marked_folder_is_known_as_the_sample(tmp_path: Path) -> None:
    assert not is_sample(tmp_path)
    mark_sample(tmp_path)
    assert is_sample(tmp_path)
    assert "stroke writer" in (tmp_path / SAMPLE_MARK).read_text(encoding="utf-8")


def test_a_folder_that_is_not_there_is_no_sample(tmp_path: Path) -> None:
    assert not is_sample(tmp_path / "absent")
