"""What the network's picture measures: those who make it and those who learn from it agree on it here."""

SIDE = 28
"""Side of the network's picture where params.yaml says nothing else, px."""
BOX = 22 / 28
"""Longest side of the ink in the network's picture, as a share of its side."""
PEN = 2.2 / 28
"""Median width of the strokes in the network's picture, as a share of its side."""
