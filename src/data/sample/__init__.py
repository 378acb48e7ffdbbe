"""The embedded sample: letters and digits drawn by our own stroke writer, in the formats of the real corpora."""

from src.data.sample.draw import draw_glyph
from src.data.sample.write import write_sample

__all__ = ["draw_glyph", "write_sample"]
