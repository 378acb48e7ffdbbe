"""Small corpora of letters as zips, in the formats of Cyrillic-MNIST and CoMNIST, drawn for the tests."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from src.data.corpora.packed import write_packed
from tests.data.sample_rows import strokes


def png(picture: NDArray[np.uint8]) -> bytes:
    encoded, data = cv2.imencode(".png", picture)
    assert encoded
    return data.tobytes()


def crop(seed: int) -> NDArray[np.uint8]:
    """Draw a binary 28x28 picture, black ink on white."""
    return np.where(strokes(1, seed)[0] > 127, 0, 255).astype(np.uint8)


def canvas(seed: int) -> NDArray[np.uint8]:
    """Draw a 278x278 RGB picture, black ink on white, the ink's height being at least half of it."""
    corners = np.random.default_rng(seed).integers(40, 240, (4, 2)).astype(np.int32)
    corners[:2, 1] = 60, 220
    picture = np.full((278, 278, 3), 255, np.uint8)
    cv2.polylines(picture, [corners], isClosed=False, color=(0, 0, 0), thickness=12)
    return picture


def lists(test: Mapping[str, int], validation: Mapping[str, int] | None = None) -> dict[str, bytes]:
    """Write the two lists of Cyrillic-MNIST: letters81 by file name."""
    header = "filename,letters81,merged53,unbalanced42class,balanced42,Russian\n"
    return {
        name: (header + "".join(f"{file},{code},0,0,0.0,-1.0\n" for file, code in rows.items())).encode()
        for name, rows in (("test.csv", test), ("validation.csv", validation or {}))
    }


def write_cmnist(folder: Path, pictures: Mapping[str, NDArray[np.uint8]], test: Mapping[str, int]) -> None:
    members = {f"all-binary/{name}": png(picture) for name, picture in pictures.items()}
    write_packed(folder / "cmnist.zip", members | lists(test))


def write_comnist(folder: Path, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
    write_packed(folder / "comnist.zip", {name: png(picture) for name, picture in pictures.items()})
