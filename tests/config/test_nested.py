import pytest

from src.config.nested import leaf_at, replaced

DOCUMENT = {"a": {"b": {"c": 1, "d": 0.5}}, "e": True, "f": "text", "g": [1]}


def test_a_number_is_found_by_its_place() -> None:
    assert leaf_at(DOCUMENT, "a.b.c") == 1


@pytest.mark.parametrize("name", ["", "a", "a.b", "a.b.x", "a.b.c.d", "e", "f", "g", "x.y"])
def test_what_is_no_number_is_named(name: str) -> None:
    with pytest.raises(KeyError) as caught:
        leaf_at(DOCUMENT, name)
    assert caught.value.args == (name,)


def test_replacing_changes_the_named_numbers_and_not_the_original() -> None:
    changed = replaced(DOCUMENT, {"a.b.c": 3.0, "a.b.d": 1.0})
    assert changed == {**DOCUMENT, "a": {"b": {"c": 3, "d": 1.0}}}
    assert isinstance(changed["a"]["b"]["c"], int)
    assert isinstance(changed["a"]["b"]["d"], float)
    assert DOCUMENT["a"] == {"b": {"c": 1, "d": 0.5}}


def test_a_fraction_in_the_place_of_a_whole_number_stays_one_for_the_schema_to_refuse() -> None:
    assert replaced(DOCUMENT, {"a.b.c": 1.5})["a"]["b"]["c"] == 1.5
