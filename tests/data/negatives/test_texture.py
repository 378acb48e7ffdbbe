import cv2
import numpy as np
import pytest

from src.data.negatives.negative_table import NegativeSplit
from src.data.negatives.texture import PHOTOGRAPHS, cut_textures
from src.features.picture.normalize import normalize


def test_the_splits_are_cut_out_of_different_photographs() -> None:
    assert len(set(PHOTOGRAPHS.values())) == len(PHOTOGRAPHS)


@pytest.mark.parametrize("split", ["val", "test"])
def test_every_patch_has_the_shape_of_no_mere_bar(split: NegativeSplit) -> None:
    patches = cut_textures(20, split, np.random.default_rng(1))
    assert len({negative.picture.tobytes() for negative in patches}) == 20
    for negative in patches:
        assert negative.filename.startswith(PHOTOGRAPHS[split])
        glyph = normalize(negative.picture)
        assert glyph.relative_height is not None
        _, _, width, height = cv2.boundingRect((glyph.image > 127).astype(np.uint8))
        assert min(width, height) >= 14
