"""The few figures by which experiments are compared: what a metrics file of DVC holds, a number each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

HEADLINE: Mapping[str, str] = MappingProxyType(
    {
        "label": "label",
        "kind_known": "label_kind_known",
        "top3": "label_top3",
        "unseen": "unseen",
        "case": "case_letters",
        "ece": "label_ece",
    }
)
"""A figure's name in a metrics file, as short as columns of `dvc exp show` must be, and in details.json."""

_DECIMALS = 4
"""As many as thousands of rows bear."""


def headline(details: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures of a metrics file, those that the details have a value of.

    Args:
        details: All figures by name, as `Estimate.as_json` gives them, among other things.
    """
    figures = {name: details[key]["value"] for name, key in HEADLINE.items() if key in details}
    return {name: brief(value) for name, value in figures.items() if value is not None}


def brief(value: float) -> float:
    """Return a figure as a metrics file shows it."""
    return round(value, _DECIMALS)
