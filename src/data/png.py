"""Pictures from the bytes of their files."""

import cv2
import numpy as np
from numpy.typing import NDArray


def decode_png(content: bytes) -> NDArray[np.uint8] | None:
    """Return a picture as (height, width) uint8 grey, or None where the bytes are no picture."""
    if not content:  # OpenCV raises on these alone
        return None
    grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if grey is None else np.asarray(grey, np.uint8)
