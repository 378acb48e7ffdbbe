"""What a user may rely on: out of a zip come the members asked for, whole, and nothing else, whatever is in it."""

import gzip
import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zipfile import ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import WorkError
from src.data.fetching.unpack import DamagedError
from src.data.fetching.unpack_zip import unpack_zip

TAKE = ["folder/images.gz", "folder/mapping.txt"]


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # without today's date: always the same bytes
    return buffer.getvalue()


WHOLE = zipped({"folder/images.gz": gzip.compress(b"pixels" * 99, mtime=0), "folder/mapping.txt": b"0 48", "x": b"x"})


def unpacked(folder: Path, content: bytes, most_bytes: int = 10_000) -> dict[str, bytes]:
    archive, target = folder / "e.zip", folder / "target"
    archive.write_bytes(content)
    target.mkdir()
    unpack_zip(archive, target, TAKE, most_bytes=most_bytes)
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_members_come_out_by_their_last_names_and_gzipped_ones_as_what_is_in_them(tmp_path: Path) -> None:
    assert unpacked(tmp_path, WHOLE) == {"images": b"pixels" * 99, "mapping.txt": b"0 48"}


def test_names_that_lead_elsewhere_lead_nowhere(tmp_path: Path) -> None:
    members = {name: gzip.compress(b"a") if name.endswith("gz") else b"a" for name in TAKE}
    unpacked(tmp_path, zipped({"../out.txt": b"hostile", "/out.txt": b"hostile", **members}))
    assert {path.name for path in tmp_path.iterdir()} == {"e.zip", "target"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>not found</html>", "corrupt or truncated"),
        (WHOLE[:-40], "corrupt or truncated"),
        (zipped({"folder/images.gz": b"plain", "folder/mapping.txt": b""}), "corrupt or truncated"),
        (
            zipped({"folder/images.gz": gzip.compress(b"x" * 99)[:-9], "folder/mapping.txt": b""}),
            "corrupt or truncated",
        ),
        (zipped({"folder/images.gz": gzip.compress(b"x")}), "holds no folder/mapping.txt"),
    ],
    ids=["no zip", "truncated", "no gzip", "truncated gzip", "lacking"],
)
def test_a_damaged_zip_is_reported_in_one_line(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(DamagedError) as caught:
        unpacked(tmp_path, content)
    assert str(caught.value).startswith(f"e.zip: {reason}")
    assert "\n" not in str(caught.value)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"e\.zip: unpacks to more than 500 bytes"):
        unpacked(tmp_path, WHOLE, most_bytes=500)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255))
def test_a_flipped_byte_is_found_or_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    spoilt = WHOLE[:place] + bytes([value]) + WHOLE[place + 1 :]
    with suppress(WorkError):
        assert unpacked(tmp_path_factory.mktemp("zip"), spoilt) == {"images": b"pixels" * 99, "mapping.txt": b"0 48"}
