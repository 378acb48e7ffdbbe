import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from src.data.corpora.sieve import find_duplicates, sieve

PICTURES = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("аб")), max_size=12)


def test_of_the_same_pixels_under_one_label_all_but_the_first_are_repeated() -> None:
    duplicates = find_duplicates(["x", "y", "x", "x"], ["а", "б", "а", "а"])
    assert duplicates.repeated.tolist() == [False, False, True, True]
    assert not duplicates.conflicting.any()


def test_the_same_pixels_under_two_labels_are_all_in_conflict() -> None:
    duplicates = find_duplicates(["x", "y", "x", "x"], ["а", "б", "а", "б"])
    assert duplicates.conflicting.tolist() == [True, False, True, True]
    assert not duplicates.repeated.any()


@given(PICTURES)
def test_what_is_left_has_each_pixels_once_and_under_its_only_label(pictures: list[tuple[str, str]]) -> None:
    duplicates = find_duplicates([pixels for pixels, _ in pictures], [label for _, label in pictures])
    faulty = duplicates.conflicting | duplicates.repeated
    left = [picture for picture, is_faulty in zip(pictures, faulty, strict=True) if not is_faulty]
    one_label = {pixels for pixels, _ in pictures if len({label for other, label in pictures if other == pixels}) == 1}
    assert sorted(left) == sorted({(pixels, label) for pixels, label in pictures if pixels in one_label})


@given(PICTURES, st.permutations(["first", "second"]))
def test_every_picture_is_kept_or_counted_once(pictures: list[tuple[str, str]], order: list[str]) -> None:
    faults = {
        "first": np.array([pixels == "x" for pixels, _ in pictures], np.bool_),
        "second": np.array([label == "а" for _, label in pictures], np.bool_),
    }
    kept, counts = sieve({name: faults[name] for name in order})
    assert kept.sum() + sum(counts.values()) == len(pictures)
    assert counts[order[0]] == faults[order[0]].sum()
    assert list(counts) == order
