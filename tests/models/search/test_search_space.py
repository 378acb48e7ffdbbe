import optuna

from src.config.params import load_params
from src.config.search_params import Knob
from src.models.search.search_space import current_values, suggest
from tests.default_params import PARAMS

SPACE = {
    "finetune.learning_rate": Knob(low=1e-4, high=1e-1, log=True),
    "finetune.frozen_epochs": Knob(low=0, high=4),
    "finetune.batch_size": Knob(choices=[16, 32]),
    "network.dropout": Knob(choices=[0.1, 0.2]),
}


def test_values_lie_in_their_space_and_are_whole_where_params_are() -> None:
    params = load_params(PARAMS)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    seen: dict[str, set[float]] = {name: set() for name in SPACE}
    for _ in range(40):
        values = suggest(study.ask(), SPACE, params)
        params.with_values(values)
        for name, value in values.items():
            seen[name].add(value)
            assert isinstance(value, int) == (name in {"finetune.frozen_epochs", "finetune.batch_size"})
    assert seen["finetune.frozen_epochs"] == {0, 1, 2, 3, 4}
    assert seen["finetune.batch_size"] == {16, 32}
    assert seen["network.dropout"] == {0.1, 0.2}
    assert min(seen["finetune.learning_rate"]) < 1e-3
    assert max(seen["finetune.learning_rate"]) > 1e-2


def test_the_values_of_today_are_those_of_params() -> None:
    params = load_params(PARAMS)
    assert current_values(SPACE, params)["finetune.learning_rate"] == params.finetune.learning_rate
