"""What who serves pictures may rely on: of every format and mode a pixel takes so many bytes at most."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

_SIDE = 3000
"""px; what a process takes besides the picture hardly counts."""
_MOST = 13.0
"""Bytes a pixel from file to network, the picture itself included."""
_MOST_OF_WEBP = 17.0
_MEASURE = """
import sys, cv2
from pathlib import Path
from src.features.picture.normalize import normalize
from src.features.decoding.picture_file import decode_picture

def memory(name):
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if name in line)

normalize(decode_picture(Path(sys.argv[2]).read_bytes()))  # what is loaded with the first picture
content, before = Path(sys.argv[1]).read_bytes(), memory("VmRSS")
normalize(decode_picture(content))
print(1024 * (memory("VmHWM") - before) / int(sys.argv[3]))
"""
_TURNED = Image.Exif()
_TURNED[0x0112] = 6


def _hairlines() -> np.ndarray:
    """Return what takes the normalisation most: fine lines everywhere, which it thickens."""
    grey = np.full((_SIDE, _SIDE), 255, np.uint8)
    grey[10:-10:3, 10:-10] = 0
    return grey


def _file(form: str, mode: str, options: dict[str, Any]) -> bytes:
    grey = _hairlines()
    deep: dict[str, type[np.generic]] = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
    if mode in deep:
        picture = Image.fromarray((grey.astype(np.float64) * (1 if mode == "F" else 257)).astype(deep[mode]))
    elif mode == "LAB":
        picture = Image.merge("LAB", [Image.fromarray(grey)] * 3)
    else:
        picture = Image.fromarray(grey).convert(mode)
    stream = BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("PNG", "1", {}), ("PNG", "L", {}), ("PNG", "P", {"transparency": 0}), ("PNG", "RGB", {}), ("PNG", "RGBA", {}),
        ("PNG", "I;16", {}), ("JPEG", "RGB", {"exif": _TURNED}), ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "CMYK", {}), ("BMP", "RGB", {}), ("GIF", "P", {"transparency": 0}), ("WEBP", "RGB", {"method": 0}),
        ("TIFF", "RGBA", {"exif": _TURNED}), ("TIFF", "I;16", {}), ("TIFF", "I", {}), ("TIFF", "LAB", {}),
        ("TIFF", "F", {"exif": _TURNED, "compression": "tiff_lzw"}), ("TIFF", "RGB", {"compression": "jpeg"}),
    ],
)  # fmt: skip
def test_a_pixel_takes_so_many_bytes_at_most(tmp_path: Path, form: str, mode: str, options: dict[str, Any]) -> None:
    path, small = tmp_path / "large", tmp_path / "small"
    path.write_bytes(_file(form, mode, options))
    Image.fromarray(_hairlines()[:200, :200]).save(small, form)
    command = [sys.executable, "-c", _MEASURE, str(path), str(small), str(_SIDE**2)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) <= (_MOST_OF_WEBP if form == "WEBP" else _MOST)
