import pytest
from pydantic import ValidationError

from src.config.params import Params, load_params
from src.config.search_params import Knob
from tests.default_params import PARAMS


@pytest.mark.parametrize(
    "knob",
    [
        {},
        {"low": 1.0},
        {"low": 2.0, "high": 1.0},
        {"low": 1.0, "high": 1.0},
        {"low": 0.0, "high": 1.0, "log": True},
        {"choices": [1.0]},
        {"choices": [1.0, 2.0], "low": 1.0},
        {"choices": [1.0, 2.0], "log": True},
        {"low": 1.0, "high": 2.0, "step": 1},
        {"low": True, "high": 2.0},
        {"low": "1", "high": 2.0},
    ],
)
def test_a_knob_is_an_interval_or_a_few_choices(knob: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Knob.model_validate(knob)


def test_the_ends_of_a_knob_are_what_must_be_possible() -> None:
    assert Knob(low=1, high=2).ends == [1, 2]
    assert Knob(choices=[3, 1]).ends == [3, 1]


@pytest.mark.parametrize(
    ("stage", "name", "knob", "told"),
    [
        ("finetune", "finetune.learning_rat", {"low": 0.1, "high": 0.2}, "no such number"),
        ("finetune", "finetune", {"low": 0.1, "high": 0.2}, "no such number"),
        ("finetune", "pretrain.epochs", {"low": 1, "high": 2}, "cannot change it"),
        ("finetune", "split.seed", {"low": 1, "high": 2}, "cannot change it"),
        ("finetune", "network.features", {"low": 16, "high": 32}, "cannot change it"),
        ("finetune", "network.dropout", {"low": 0.1, "high": 1.5}, "1.5: Input should be less than 1"),
        ("finetune", "finetune.batch_size", {"choices": [32, 48.5]}, "48.5: Input should be a valid integer"),
        ("pretrain", "pretrain.learning_rate", {"low": -0.1, "high": 0.1}, "-0.1: Input should be greater than 0"),
        ("pretrain", "network.channels", {"low": 1, "high": 2}, "no such number"),
    ],
)
def test_a_space_that_a_stage_would_refuse_is_refused_at_once(
    stage: str, name: str, knob: dict[str, object], told: str
) -> None:
    document = load_params(PARAMS).model_dump()
    document["tune"][stage]["space"] = {name: knob}
    with pytest.raises(ValidationError, match=rf"tune\.{stage}\.space: {name}: .*{told}"):
        Params.model_validate(document)


def test_values_are_put_in_their_places() -> None:
    params = load_params(PARAMS).with_values({"finetune.batch_size": 32.0, "network.dropout": 0.5})
    assert (params.finetune.batch_size, params.network.dropout) == (32, 0.5)
