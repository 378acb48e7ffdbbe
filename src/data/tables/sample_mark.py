"""The mark by which the stages after draw_sample know the embedded sample from upstream's data."""

from pathlib import Path

SAMPLE_MARK = "SAMPLE"
_NOT_DRAWN = "NOT_DRAWN"


def mark_sample(folder: Path) -> None:
    """Mark a folder of raw data as drawn by Pysar itself."""
    text = "Drawn by Pysar's own stroke writer (params.yaml: data.source is sample); no real handwriting.\n"
    (folder / SAMPLE_MARK).write_text(text, encoding="utf-8")


def mark_not_drawn(folder: Path) -> None:
    """Say in a folder that no sample was drawn there."""
    text = "The embedded sample is drawn only where params.yaml says data.source: sample.\n"
    (folder / _NOT_DRAWN).write_text(text, encoding="utf-8")


def is_sample(folder: Path) -> bool:
    """Tell whether a folder of raw data holds the embedded sample."""
    return (folder / SAMPLE_MARK).is_file()
