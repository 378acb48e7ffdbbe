import pytest

from src.features.labels import DIGITS
from src.tasks.emnist import VARIANTS


def test_the_variants_have_the_labels_that_their_published_figures_are_of() -> None:
    assert {name: len(variant.alphabet) for name, variant in VARIANTS.items()} == {
        "balanced": 47, "byclass": 62, "merged": 36, "mnist": 10,
    }  # fmt: skip
    assert VARIANTS["balanced"].alphabet.labels == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
    assert VARIANTS["mnist"].alphabet.labels == DIGITS


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("balanced", {"A": True, "a": False, "C": None, "7": None}),
        ("byclass", {"C": True, "c": False, "7": None}),
        ("merged", {"A": None, "C": None, "7": None}),
    ],
)
def test_a_label_tells_its_case_where_both_are_labels(name: str, cases: dict[str, bool | None]) -> None:
    alphabet = VARIANTS[name].alphabet
    assert {label: alphabet.is_uppercase(label) for label in cases} == cases
    assert not alphabet.case_head


def test_everything_of_two_variants_lies_apart() -> None:
    places = [
        place
        for variant in VARIANTS.values()
        for place in (variant.table, variant.raw_table, variant.network, variant.exported, variant.reports)
    ]
    assert len(set(places)) == len(places)
