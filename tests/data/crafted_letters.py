"""28x28 pictures of letters drawn with a few lines: black ink on white, as Cyrillic-MNIST's are."""

import cv2
import numpy as np

from src.features.picture.grey import Grey


def draw(*strokes: list[tuple[float, float]], lean: float = 0.0, pen: int = 2) -> Grey:
    """Draw polylines (x, y in px, y downwards) with `lean` px of shift to the right per px of height."""
    ink = np.zeros((28, 28), np.uint8)
    for stroke in strokes:
        points = np.array([(x + lean * (14 - y), y) for x, y in stroke])
        cv2.polylines(ink, [points.round().astype(np.int32)], isClosed=False, color=255, thickness=pen)
    return 255 - ink


BLANK = draw()


def e(lean: float = 0.0) -> Grey:
    """Draw э, which opens to the left."""
    angles = np.linspace(-0.8 * np.pi, 0.8 * np.pi, 25)
    bow = [(12 + 8 * np.cos(angle), 14 + 9 * np.sin(angle)) for angle in angles]
    return draw(bow, [(11, 14), (20, 14)], lean=lean)


def i(*, dots: int = 0, lean: float = 0.0, top: int = 10) -> Grey:
    """Draw і, its body from row `top` to 25, with up to two dots."""
    marks: list[list[tuple[float, float]]] = [[(12 + 6 * number, 4), (13 + 6 * number, 4)] for number in range(dots)]
    return draw([(13, top), (13, 24), (16, 25)], *marks, lean=lean)


def ghe(lean: float = 0.0) -> Grey:
    """Draw Г."""
    return draw([(8, 25), (8, 5), (21, 5)], lean=lean)


def soft_sign() -> Grey:
    """Draw ь."""
    return draw([(9, 4), (9, 24), (17, 24), (19, 19), (17, 14), (9, 14)])


def ring() -> Grey:
    """Draw о."""
    angles = np.linspace(0, 2 * np.pi, 25)
    return draw([(14 + 8 * np.cos(angle), 14 + 9 * np.sin(angle)) for angle in angles])
