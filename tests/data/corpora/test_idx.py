import gzip
import struct
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.corpora.idx import read_digits, read_idx
from tests.data.sample_rows import strokes, write_idx, write_mnist

IMAGES, LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


packed = partial(gzip.compress, mtime=0)  # no time, as it would become a part of the tests' names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_mnist(tmp_path, 10, 20)
    return tmp_path


def test_reads_pictures_and_labels_as_written(folder: Path) -> None:
    digits = read_digits(folder, "t10k")
    assert np.array_equal(digits.images, strokes(20, seed=2))
    assert digits.labels.tolist() == [*range(10), *range(10)]


def test_reads_mnist_header_big_endian(tmp_path: Path) -> None:
    path = tmp_path / "three.gz"
    path.write_bytes(gzip.compress(bytes.fromhex("00000801 00000003 050607")))
    assert read_idx(path, 1).tolist() == [5, 6, 7]


def test_reads_a_file_that_is_not_gzipped(tmp_path: Path) -> None:
    path = tmp_path / "three-idx1-ubyte"
    path.write_bytes(bytes.fromhex("00000801 00000003 050607"))
    assert read_idx(path, 1).tolist() == [5, 6, 7]
    path.write_bytes(bytes.fromhex("00000801 00000003 0506"))
    with pytest.raises(InputError, match="2 bytes where 3 were announced"):
        read_idx(path, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing"),
        (packed(b""), "nothing"),
        (packed(b"<html>not found</html>"), "instead of 00000803"),
        (packed(b"\0\0\x08\x01" + struct.pack(">I", 3) + b"abc"), "00000801 instead of 00000803"),
        (packed(b"\0\0\x08\x03\0\0"), "truncated in its header"),
        (packed(b"\0\0\x08\x03" + struct.pack(">3I", 2, 28, 28) + bytes(784)), "784 bytes where 1568"),
        (packed(b"\0\0\x08\x03" + struct.pack(">3I", 1, 28, 28) + bytes(785)), "785 bytes where 784"),
        (packed(b"\0\0\x08\x03" + struct.pack(">3I", 1, 28, 27) + bytes(28 * 27)), "27x28"),
        (packed(strokes(9).tobytes())[:-40], "truncated"),
        (b"no gzip at all", "not a whole gzip file"),
    ],
)
def test_damaged_picture_file_is_named_with_the_cure(folder: Path, content: bytes, reason: str) -> None:
    (folder / IMAGES).write_bytes(content)
    with pytest.raises(InputError, match=reason) as caught:
        read_digits(folder, "t10k")
    assert IMAGES in str(caught.value)
    assert "dvc repro" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_flipped_byte_is_noticed(folder: Path) -> None:
    content = bytearray((folder / IMAGES).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / IMAGES).write_bytes(content)
    with pytest.raises(InputError, match=IMAGES):
        read_digits(folder, "t10k")


def test_missing_file_is_named(folder: Path) -> None:
    (folder / LABELS).unlink()
    with pytest.raises(InputError, match=f"{LABELS}: no such file"):
        read_digits(folder, "t10k")


def test_label_over_nine_is_named_with_its_row(folder: Path) -> None:
    write_idx(folder / LABELS, np.array([*range(10), *range(9), 10], np.uint8))
    with pytest.raises(InputError, match=f"{LABELS}: label 10 at row 19"):
        read_digits(folder, "t10k")


def test_counts_that_differ_are_told(folder: Path) -> None:
    write_idx(folder / LABELS, np.zeros(19, np.uint8))
    with pytest.raises(InputError, match=f"{LABELS}: 19 labels for 20 pictures"):
        read_digits(folder, "t10k")
