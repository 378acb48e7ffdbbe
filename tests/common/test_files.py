import errno
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.digests import contents_digest, file_digest, tree_digest
from src.common.files import replace_file, replace_folder, write_json, write_text
from tests.full_disk import largest_file
from tests.interruption import InterruptionError, names, start_and_kill


def test_a_file_appears_under_its_name_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "metrics.json"
    with replace_file(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        assert temporary.parent == path.parent
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "half"
    assert names(path.parent) == ["metrics.json"]


def test_a_failure_keeps_the_old_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(InterruptionError), replace_file(path) as temporary:
        temporary.write_text("half of the n", encoding="utf-8")
        raise InterruptionError
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["table.parquet"]


def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_text("old", encoding="utf-8")
    script = """
import sys, time
from pathlib import Path
from src.common.files import replace_file
with replace_file(Path(sys.argv[1])) as temporary:
    temporary.write_text("half of the n")
    print("half", flush=True)
    time.sleep(60)
"""
    start_and_kill(script, path)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_full_disk_keeps_the_old_file_and_is_reported_with_the_files_own_name(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(OSError, match="No space left") as caught, replace_file(path) as temporary:
        temporary.symlink_to("/dev/full")
        temporary.write_text("new", encoding="utf-8")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["metrics.json"]


def test_a_file_too_large_for_the_system_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "text"
    write_text(path, "old\n")
    with pytest.raises(OSError, match="File too large") as caught, largest_file(1000):
        write_text(path, "new" * 1000)
    assert caught.value.filename == str(path)
    assert path.read_text(encoding="utf-8") == "old\n"
    assert names(tmp_path) == ["text"]


def test_an_error_about_another_file_keeps_that_files_name(tmp_path: Path) -> None:
    elsewhere = tmp_path / "missing"
    with pytest.raises(FileNotFoundError) as caught, replace_file(tmp_path / "copy") as temporary:
        temporary.write_bytes(elsewhere.read_bytes())
    assert caught.value.filename == str(elsewhere)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(OSError, match="models"):
        write_text(tmp_path / "models" / "model.txt", "new")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(value=values)
def test_json_reads_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "value.json"
    write_json(path, value)
    assert json.loads(path.read_text(encoding="utf-8")) == value


def test_json_keeps_ukrainian_letters_and_the_order_of_keys_and_refuses_nan(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    write_json(path, {"ї": 1, "а": 2})
    assert path.read_text(encoding="utf-8") == '{\n  "ї": 1,\n  "а": 2\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, {"accuracy": float("nan")})
    assert names(tmp_path) == ["metrics.json"]
    assert "ї" in path.read_text(encoding="utf-8")


def test_a_digest_is_sha256_as_other_tools_give_it(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_folders_digest_tells_names_content_and_missing_files(tmp_path: Path) -> None:
    def folder(**files: str) -> str:
        with replace_folder(tmp_path / "folder") as temporary:
            for name, content in files.items():
                write_text(temporary / name.replace("__", "/"), content)
        return tree_digest(tmp_path / "folder")

    digests = [folder(a="1", b="2"), folder(a="2", b="1"), folder(a="1"), folder(a="1", c="2"), folder(a="1", b__b="2")]
    assert len(set(digests)) == len(digests)
    assert folder(b="2", a="1") == digests[0]


@given(st.dictionaries(st.sampled_from(["a", "а/1", "а/2", "а.csv", "b/c/1", "b/c.1"]), st.binary(max_size=9)))
def test_contents_have_the_digest_of_the_folder_that_would_hold_them(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert contents_digest(contents) == tree_digest(folder)
