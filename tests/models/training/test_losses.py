import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from src.models.network.network import Logits
from src.models.training.losses import two_headed_loss

NAN = math.nan


def logits(rows: int) -> Logits:
    generator = torch.Generator().manual_seed(0)
    return Logits(torch.randn(rows, 43, generator=generator), torch.randn(rows, generator=generator))


@settings(deadline=None)
@given(wild=st.floats(-50, 50))
def test_a_digit_s_case_logit_changes_nothing(wild: float) -> None:
    label, case = torch.tensor([3, 20]), torch.tensor([NAN, 1.0])
    first = logits(2)
    second = Logits(first.label, torch.tensor([wild, float(first.case[1])]))
    loss = [two_headed_loss(given, label, case, 1.0, 0.0) for given in (first, second)]
    assert torch.equal(loss[0], loss[1])


def test_a_digit_s_case_logit_gets_no_gradient() -> None:
    given_logits = logits(2)
    given_logits.case.requires_grad_()
    two_headed_loss(given_logits, torch.tensor([3, 20]), torch.tensor([NAN, 1.0]), 1.0, 0.0).backward()
    assert given_logits.case.grad is not None
    assert given_logits.case.grad[0] == 0
    assert given_logits.case.grad[1] != 0


def test_the_case_term_is_the_mean_over_letters_alone() -> None:
    given_logits, label = logits(3), torch.tensor([3, 20, 21])
    loss = two_headed_loss(given_logits, label, torch.tensor([NAN, 1.0, 0.0]), 2.0, 0.0)
    case = functional.binary_cross_entropy_with_logits(given_logits.case[1:], torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(loss, functional.cross_entropy(given_logits.label, label) + 2 * case)


def test_digits_alone_have_no_case_term() -> None:
    given_logits, label = logits(2), torch.tensor([3, 4])
    loss = two_headed_loss(given_logits, label, torch.tensor([NAN, NAN]), 1.0, 0.0)
    torch.testing.assert_close(loss, functional.cross_entropy(given_logits.label, label))
