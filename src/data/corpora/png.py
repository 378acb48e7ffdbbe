"""Pictures as PNG: from the bytes of a file and back."""

import cv2
import numpy as np
from numpy.typing import NDArray

from src.common.errors import WorkError


def decode_png(content: bytes) -> NDArray[np.uint8] | None:
    """Return a picture as (height, width) uint8 grey, or None where the bytes are no picture."""
    if not content:  # OpenCV raises on these alone
        return None
    grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if grey is None else np.asarray(grey, np.uint8)


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """Return the file of a (height, width) grey or (height, width, 3) coloured picture; equal pixels, equal bytes.

    Raises:
        WorkError: OpenCV cannot write PNG.
    """
    encoded, data = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 4])
    if not encoded:
        raise WorkError("OpenCV cannot encode a picture as PNG; reinstall opencv-python-headless")
    return data.tobytes()
