import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.features.labels import LABELS
from src.models.network.network import Network
from tests.glyphs import GLYPHS
from tests.models.factory import NETWORK


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network(NETWORK).eval()


def test_two_heads_give_43_label_logits_and_one_case_logit_a_picture(network: Network) -> None:
    label, case = network(torch.rand(5, 28, 28) * 255, torch.full((5,), 0.5))
    assert (label.shape, case.shape) == ((5, len(LABELS)), (5,))


@pytest.mark.parametrize("side", [16, 32, 40])
def test_the_side_of_the_picture_is_one_setting(side: int) -> None:
    network = Network(NETWORK.model_copy(update={"side": side})).eval()
    assert network(torch.rand(2, side, side) * 255, torch.full((2,), 0.5)).label.shape == (2, len(LABELS))


def test_steady_features_are_the_mean_over_copies_nearer_to_two_corners(network: Network) -> None:
    image = torch.zeros(2, 28, 28)
    image[:, 3:25, 3:25] = torch.rand(2, 22, 22) * 255
    shifts = [(-1, -1), (1, 1)]
    copies = torch.stack([network.encoder(torch.roll(image, shift, (1, 2))) for shift in shifts])
    torch.testing.assert_close(network.steady_features(image), copies.mean(dim=0))


@pytest.mark.parametrize("side", [21, 28, 30])
def test_ink_at_the_last_row_and_column_is_seen_whatever_the_side(side: int) -> None:
    torch.manual_seed(0)
    network = Network(NETWORK.model_copy(update={"side": side})).eval()
    blank = torch.zeros(1, side, side)
    marked = blank.clone()
    marked[0, -1, -1] = 255
    assert not torch.equal(network.encoder(blank), network.encoder(marked))


@settings(deadline=None)
@given(height=st.floats(0.01, 1))
def test_the_height_never_moves_the_label(height: float) -> None:
    torch.manual_seed(0)
    network = Network(NETWORK).eval()
    image = torch.rand(1, 28, 28) * 255
    known = network(image, torch.tensor([height]))
    unknown = network(image, torch.tensor([torch.nan]))
    assert torch.equal(known.label, unknown.label)


def test_the_height_moves_the_case(network: Network) -> None:
    image = torch.rand(1, 28, 28).expand(2, -1, -1) * 255
    case = network(image, torch.tensor([0.2, 0.9])).case
    assert case[0] != case[1]


def test_an_unknown_height_gives_finite_logits_and_gradients(network: Network) -> None:
    label, case = network(torch.rand(3, 28, 28) * 255, torch.tensor([torch.nan, 0.5, torch.nan]))
    (label.sum() + case.sum()).backward()
    gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
    assert torch.isfinite(label).all()
    assert torch.isfinite(case).all()
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_the_case_term_does_not_bend_the_label_head(network: Network) -> None:
    network(torch.rand(3, 28, 28) * 255, torch.full((3,), 0.5)).case.sum().backward()
    assert network.label_head.weight.grad is None


def test_a_picture_s_logits_do_not_depend_on_its_neighbours(network: Network) -> None:
    images, heights = torch.rand(4, 28, 28) * 255, torch.full((4,), 0.5)
    together, alone = network(images, heights).label[:1], network(images[:1], heights[:1]).label
    torch.testing.assert_close(together, alone)


def test_the_height_moves_a_label_that_tells_the_case_and_may_be_unknown() -> None:
    torch.manual_seed(0)
    network = Network(NETWORK, GLYPHS).eval()
    image = torch.rand(1, 28, 28).expand(3, -1, -1) * 255
    small, large, unknown = network(image, torch.tensor([0.2, 0.9, torch.nan])).label
    assert not torch.equal(small, large)
    assert unknown.isfinite().all()
