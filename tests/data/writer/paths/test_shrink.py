"""What the print letterforms rely on: small capitals are capitals, smaller."""

from src.data.writer.paths import write_as
from src.data.writer.paths.shrink import shrink


def test_points_corners_and_weights_shrink_and_stay() -> None:
    small = shrink((write_as("0,150 9,0! -30,-12", "6,75", weight=0.5),), 2 / 3, 0.4)
    assert small == (write_as("0.0,100.0 6.0,0.0! -20.0,-8.0", "4.0,50.0", weight=0.2),)
