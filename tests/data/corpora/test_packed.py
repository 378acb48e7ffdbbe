from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.common.errors import InputError
from src.data.corpora.packed import read_packed, write_packed

NAMES = st.text("абв/xyz.", min_size=1, max_size=8).filter(lambda name: not name.startswith("/"))


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=5))
def test_what_is_packed_comes_back(tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes]) -> None:
    path = tmp_path_factory.mktemp("packed") / "corpus.zip"
    write_packed(path, members)
    assert read_packed(path) == members


def test_the_bytes_depend_on_names_and_contents_only(tmp_path: Path) -> None:
    write_packed(tmp_path / "one.zip", {"а/1.png": b"1", "а/2.png": b"2"})
    write_packed(tmp_path / "two.zip", {"а/2.png": b"2", "а/1.png": b"1"})
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("damage", [lambda data: data[:-30], lambda data: data.replace(b"content", b"c0ntent")])
def test_damaged_file_is_refused_by_name(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "corpus.zip"
    write_packed(path, {"a.png": b"content"})
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"corpus\.zip: no whole zip"):
        read_packed(path)


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"corpus\.zip: no such file"):
        read_packed(tmp_path / "corpus.zip")
