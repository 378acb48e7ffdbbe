"""Small capitals."""

from src.data.writer.paths import Variant


def shrink(variants: tuple[Variant, ...], factor: float, weight: float = 1.0) -> tuple[Variant, ...]:
    """Return variants `factor` times as large, chosen `weight` times as often."""
    return tuple(
        Variant(variant.weight * weight, tuple(_shrink_stroke(stroke, factor) for stroke in variant.strokes))
        for variant in variants
    )


def _shrink_stroke(stroke: str, factor: float) -> str:
    return " ".join(_shrink_point(word, factor) for word in stroke.split())


def _shrink_point(word: str, factor: float) -> str:
    x, y = (float(number) * factor for number in word.rstrip("!").split(","))
    return f"{x:.1f},{y:.1f}{'!' * word.endswith('!')}"
