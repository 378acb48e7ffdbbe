from pathlib import Path

import numpy as np
import pytest
import torch

from src.common.errors import InputError
from src.config.sections import Network as NetworkSettings
from src.models.network.forward import image_features
from src.models.network.network import Network
from src.models.rows.row_tensors import RowTensors, make_tensors
from src.models.scoring.familiarity import (
    BLANK_SCORE,
    Familiarity,
    familiarity_scores,
    fit_familiarity,
    load_familiarity,
    save_familiarity,
)
from tests.models.factory import NETWORK, typed_negatives, typed_table


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    return Network(NETWORK).eval()


@pytest.fixture(scope="module")
def learned() -> RowTensors:
    return make_tensors(typed_table(copies=4), torch.device("cpu"))


@pytest.fixture(scope="module")
def familiarity(network: Network, learned: RowTensors) -> Familiarity:
    return fit_familiarity(network, learned, typed_negatives())


def test_the_distance_is_mahalanobis_to_the_nearest_mean(
    network: Network, learned: RowTensors, familiarity: Familiarity
) -> None:
    features = image_features(network, learned.image).double().numpy()
    label = learned.label.numpy()
    means = np.stack([features[label == code].mean(axis=0) for code in range(43)])
    spread = np.cov((features - means[label]).T)
    spread += 0.1 * np.trace(spread) / len(spread) * np.eye(len(spread))
    apart = features[:, None] - means
    squares = np.einsum("nkf,fg,nkg->nk", apart, np.linalg.inv(spread), apart)
    got = familiarity.distance(torch.from_numpy(features).float())
    np.testing.assert_allclose(got.numpy(), np.sqrt(squares.min(axis=1)), rtol=1e-3, atol=1e-3)


def test_what_is_far_from_all_that_was_learned_is_less_familiar(
    network: Network, learned: RowTensors, familiarity: Familiarity
) -> None:
    features = image_features(network, learned.image)
    logits = torch.zeros(len(features), 43)
    assert (familiarity(features + 100, logits) < familiarity(features, logits).min()).all()


def test_both_parts_count_alike_on_what_was_learned(
    network: Network, learned: RowTensors, familiarity: Familiarity
) -> None:
    features = image_features(network, learned.image)
    with torch.no_grad():
        largest = network.label_head(features).amax(dim=1).mean()
    assert float(familiarity.weight * familiarity.distance(features).mean()) == pytest.approx(float(largest), rel=1e-3)
    assert familiarity_scores(familiarity, network, learned.image).mean().item() == pytest.approx(0, abs=1e-3)


def test_the_direction_lies_between_negatives_and_characters_and_counts_less_than_the_rest(
    network: Network, learned: RowTensors, familiarity: Familiarity
) -> None:
    characters, negatives = (
        familiarity.whitened(image_features(network, images)) @ familiarity.direction
        for images in (learned.image, typed_negatives())
    )
    assert characters.mean() > negatives.mean()
    rest = familiarity_scores(familiarity, network, learned.image) - characters
    assert characters.std().item() == pytest.approx(0.3 * rest.std().item(), rel=1e-3)


def test_negatives_are_told_better_by_the_direction(network: Network, learned: RowTensors) -> None:
    # Whatever the negatives are: here some that logit and distance cannot tell, a label among the others.
    few = learned.take(learned.label != 10)
    alike = learned.image[learned.label == 10]

    def gap(negatives: torch.Tensor) -> float:
        familiarity = fit_familiarity(network, few, negatives)
        characters, others = (familiarity_scores(familiarity, network, images) for images in (few.image, alike))
        return float((characters.mean() - others.mean()) / characters.std())

    assert gap(alike) > gap(typed_negatives())


def test_a_blank_picture_is_less_familiar_than_any_other(network: Network, familiarity: Familiarity) -> None:
    pictures = torch.cat([torch.zeros((1, 28, 28), dtype=torch.uint8), typed_negatives()])
    scores = familiarity_scores(familiarity, network, pictures)
    assert scores[0] == BLANK_SCORE < scores[1:].min()


def test_labels_that_were_not_learned_are_no_hindrance(network: Network) -> None:
    few = make_tensors(typed_table("абв", copies=4), torch.device("cpu"))
    familiarity = fit_familiarity(network, few, typed_negatives())
    assert familiarity.means.shape[0] == 3
    assert torch.isfinite(familiarity_scores(familiarity, network, few.image)).all()


def test_a_network_that_sees_all_pictures_alike_is_no_hindrance(learned: RowTensors) -> None:
    blind = Network(NETWORK).eval()
    for weight in blind.encoder.parameters():
        torch.nn.init.zeros_(weight)
    scores = familiarity_scores(fit_familiarity(blind, learned, typed_negatives()), blind, learned.image)
    assert torch.isfinite(scores).all()


def test_what_is_saved_is_read_back_and_gives_the_same_bytes(
    network: Network, learned: RowTensors, familiarity: Familiarity, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        save_familiarity(familiarity, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = load_familiarity(tmp_path / "one", network)
    assert torch.equal(
        familiarity_scores(again, network, learned.image), familiarity_scores(familiarity, network, learned.image)
    )


def test_a_file_that_does_not_fit_is_named(network: Network, familiarity: Familiarity, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none: no such file"):
        load_familiarity(tmp_path / "none", network)
    (tmp_path / "bad").write_bytes(b"bad")
    with pytest.raises(InputError, match="bad: not what `calibrate` writes"):
        load_familiarity(tmp_path / "bad", network)
    save_familiarity(familiarity, tmp_path / "of_another")
    wider = Network(NetworkSettings(**{**NETWORK.model_dump(), "features": 20}))
    with pytest.raises(InputError, match="of_another: fitted to a network of another shape"):
        load_familiarity(tmp_path / "of_another", wider)
