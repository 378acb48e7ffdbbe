import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.common.errors import InputError
from src.data.corpora.cmnist_names import LOWERCASE, UPPERCASE, describe_pictures

SECOND = "20190729081313"


def name(number: int, n: int = 0, second: str = SECOND, more: str = "") -> str:
    return f"{number}_3_{n}_{second}{more}.png"


def listed(codes: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"filename": pd.Series(list(codes), dtype="str"), "letters81": list(codes.values())})


def test_the_alphabets_are_those_of_kazakh() -> None:
    assert (len(LOWERCASE), len(UPPERCASE)) == (42, 39)
    assert set(LOWERCASE) - set(UPPERCASE) == set("һъь")


@given(st.integers(0, 80))
def test_a_listed_picture_is_what_its_list_says(code: int) -> None:
    is_uppercase = code >= 42
    number = code - 42 * is_uppercase
    frame = describe_pictures([f"all-binary/{name(number)}"], listed({name(number): code}))
    assert frame["letter"].item() == (UPPERCASE if is_uppercase else LOWERCASE)[number]
    assert bool(frame["is_uppercase"].item()) is is_uppercase
    assert frame["sheet"].item() == SECOND


def test_a_picture_in_no_list_has_the_case_of_most_neighbours() -> None:
    names = [name(37, n) for n in range(5)]
    frame = describe_pictures(names, listed({names[0]: 37, names[1]: 37 + 42, names[2]: 37 + 42}))
    assert frame["is_uppercase"].tolist() == [False, True, True, True, True]
    assert frame["letter"].tolist() == ["і", "ю", "ю", "ю", "ю"]


@pytest.mark.parametrize("neighbour", [name(5, 1, "20190729081314"), name(6, 1)])
def test_a_picture_whose_neighbours_are_in_no_list_is_of_unknown_letter_and_case(neighbour: str) -> None:
    frame = describe_pictures([name(5), neighbour], listed({neighbour: int(neighbour[0])}))
    assert frame["is_uppercase"].isna().tolist() == [True, False]
    assert frame["letter"].isna().tolist() == [True, False]


def test_neighbours_that_differ_evenly_tell_nothing() -> None:
    names = [name(0, n) for n in range(3)]
    frame = describe_pictures(names, listed({names[0]: 0, names[1]: 42}))
    assert frame["is_uppercase"].isna().tolist() == [False, False, True]


def test_what_copying_adds_to_a_name_does_not_change_its_sheet() -> None:
    names = [name(0), name(0, 1, more=" — копия (2)"), name(0, 2, more="0")]
    frame = describe_pictures(names, listed({names[0]: 42}))
    assert set(frame["sheet"]) == {SECOND}
    assert frame["is_uppercase"].all()


@pytest.mark.parametrize(
    ("filename", "code", "fault"),
    [
        ("а.png", None, "is not named <k>_<x>_<n>_<timestamp>.png"),
        (name(5), 6, "has another letter in the lists than in its name"),
        (name(5), 5 + 41, "has another letter in the lists than in its name"),
        (name(42), None, "has a number beyond the alphabet"),
        (name(39), 39 + 42, "has a number beyond the alphabet"),
    ],
)
def test_a_name_that_cannot_be_is_named_in_one_line(filename: str, code: int | None, fault: str) -> None:
    codes = {} if code is None else {filename: code}
    with pytest.raises(InputError) as caught:
        describe_pictures([name(0), filename], listed({name(0): 0} | codes))
    assert str(caught.value).startswith(f"{filename}: {fault}; ")
    assert "\n" not in str(caught.value)
