"""What a user may rely on: the sample has upstream's own formats, sizes and columns, and is the same every time."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from src.common.digests import tree_digest
from src.common.errors import InputError
from src.config.sections import Sample
from src.data.sample.write import write_sample
from src.features.labels import DIGITS, LETTERS

SETTINGS = Sample(
    seed=7,
    train_digits=50,
    test_digits=21,
    letters_per_class=2,
    cmnist_per_class=1,
    comnist_per_class=1,
    emnist_per_class=1,
)
HEADER = "label,transliter_kmu2010,name,is_uppercase,type,is_alternate,top,bottom,left,right,height,width,filename"


@pytest.fixture(scope="module")
def rukopys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the letters of the sample."""
    folder = tmp_path_factory.mktemp("rukopys")
    write_sample("rukopys", folder, SETTINGS)
    return folder


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the digits of the sample."""
    folder = tmp_path_factory.mktemp("mnist")
    write_sample("mnist", folder, SETTINGS)
    return folder


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "glyphs.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _read_idx(path: Path) -> NDArray[np.uint8]:
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    assert content[:3] == b"\0\0\x08"
    shape = np.frombuffer(content, ">u4", dimensions, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def test_letters_come_with_the_real_header_and_every_letter_in_both_cases(rukopys: Path) -> None:
    assert (rukopys / "glyphs.csv").read_text(encoding="utf-8").split("\n")[0] == HEADER
    rows = _rows(rukopys)
    classes = [(row["label"], row["is_uppercase"]) for row in rows]
    expected = {(letter, case) for letter in LETTERS for case in ("True", "False")}
    assert {key: classes.count(key) for key in expected} == dict.fromkeys(expected, 2)
    assert len({row["filename"] for row in rows}) == len(rows) == 132
    assert {row["filename"] for row in rows} == {f"glyphs/{path.name}" for path in (rukopys / "glyphs").iterdir()}
    assert rows[0]["filename"] == "glyphs/a-0.png"
    assert {row["type"] for row in rows} == {"italic"}


def test_boxes_fit_the_ink_when_read_with_upstreams_swapped_meaning(rukopys: Path) -> None:
    for row in _rows(rukopys):
        picture = Image.open(rukopys / row["filename"])
        assert (picture.mode, picture.size) == ("RGB", (200, 200))
        ys, xs = np.nonzero(np.asarray(picture.convert("L")) < 128)
        box = [int(row[column]) for column in ("top", "bottom", "left", "right")]
        assert np.abs(np.array(box) - [xs.min(), xs.max(), ys.min(), ys.max()]).max() <= 2
        assert int(row["height"]) == box[1] - box[0]
        assert int(row["width"]) == box[3] - box[2]


def test_digits_come_as_idx_files_with_balanced_classes(mnist: Path) -> None:
    for name, count in (("train", 50), ("t10k", 21)):
        images, labels = (_read_idx(mnist / f"{name}-{kind}-ubyte.gz") for kind in ("images-idx3", "labels-idx1"))
        assert images.shape == (count, 28, 28)
        counts = np.bincount(labels, minlength=len(DIGITS))
        assert labels.shape == (count,)
        assert counts.max() - counts.min() <= 1


def test_digits_look_like_mnists(mnist: Path) -> None:
    for image in _read_idx(mnist / "train-images-idx3-ubyte.gz").astype(float):
        ys, xs = np.nonzero(image > 127)
        assert 17 <= max(np.ptp(ys), np.ptp(xs)) + 1 <= 21
        mass = [(image.sum(axis=axis) * np.arange(28)).sum() / image.sum() for axis in (0, 1)]
        assert mass == pytest.approx([13.5, 13.5], abs=0.3)
        assert image.max() > 230
        assert max(image[0].max(), image[-1].max()) <= 8


def test_train_and_test_digits_are_drawn_apart(mnist: Path) -> None:
    train, test = (_read_idx(mnist / f"{name}-images-idx3-ubyte.gz") for name in ("train", "t10k"))
    assert not {image.tobytes() for image in train} & {image.tobytes() for image in test}


@pytest.mark.parametrize("corpus", ["rukopys", "mnist", "cmnist", "comnist", "emnist"])
def test_the_seed_alone_settles_every_byte(corpus: str, tmp_path: Path) -> None:
    write_sample(corpus, tmp_path / "first", SETTINGS)
    write_sample(corpus, tmp_path / "again", SETTINGS)
    write_sample(corpus, tmp_path / "other", SETTINGS.model_copy(update={"seed": 8}))
    assert tree_digest(tmp_path / "again") == tree_digest(tmp_path / "first")
    assert tree_digest(tmp_path / "other") != tree_digest(tmp_path / "first")


def test_an_unknown_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose one of mnist, rukopys, cmnist, comnist, emnist"):
        write_sample("kmnist", tmp_path, SETTINGS)
