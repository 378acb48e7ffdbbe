import torch

from src.features.labels import CODES
from src.models.rows.row_tensors import hide_heights, make_tensors
from tests.models.factory import typed_table

CPU = torch.device("cpu")


def test_a_table_becomes_tensors_row_by_row() -> None:
    samples = make_tensors(typed_table("7б", copies=2), CPU)
    assert samples.image.dtype == torch.uint8
    assert samples.image.shape == (4, 28, 28)
    assert samples.label.tolist() == [7, 7, CODES["б"], CODES["б"]]
    assert torch.isnan(samples.is_uppercase).tolist() == [True, True, False, False]
    assert samples.is_uppercase[2:].tolist() == [0, 1]
    assert torch.isnan(samples.relative_height).tolist() == [True, True, False, False]


def test_hidden_heights_are_about_the_share_that_was_asked_for() -> None:
    samples = make_tensors(typed_table("абвгд", copies=100), CPU)
    hidden = hide_heights(samples, 0.3, torch.Generator().manual_seed(0))
    assert 0.2 < torch.isnan(hidden.relative_height).float().mean() < 0.4
    assert not torch.isnan(samples.relative_height).any()
