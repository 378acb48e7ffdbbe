from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from src.data.tables.sample_mark import mark_sample
from src.data.tables.source_names import MNIST_TEST, comes_from, holds_sample, pixel_groups, source_name
from tests.data.sample_rows import letters, mnist


def test_sample_carries_its_prefix_and_upstream_does_not(tmp_path: Path) -> None:
    assert source_name("rukopys", tmp_path) == "rukopys"
    mark_sample(tmp_path)
    assert source_name("rukopys", tmp_path) == "sample_rukopys"


def test_corpus_is_known_under_both_names() -> None:
    for prefix in ("", "sample_"):
        frame = mnist(3, 2, prefix)
        assert comes_from(frame, MNIST_TEST).sum() == 20
        assert holds_sample(frame) == bool(prefix)
    assert not comes_from(letters(), MNIST_TEST).any()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.binary(max_size=1)))
def test_pictures_share_a_group_exactly_if_their_pixels_are_equal(pictures: list[bytes]) -> None:
    groups = pixel_groups([str(number) for number in range(len(pictures))], pictures)
    for one, group in zip(pictures, groups, strict=True):
        for other, other_group in zip(pictures, groups, strict=True):
            assert (one == other) == (group == other_group)
    assert all(pictures[int(group)] == picture for picture, group in zip(pictures, groups, strict=True))
