"""What a trial of a study tries: values of the knobs in params.yaml's `tune.<stage>.space`."""

import optuna

from src.config.nested import leaf_at
from src.config.params import Params
from src.config.search_params import Space


def suggest(trial: optuna.Trial, space: Space, params: Params) -> dict[str, int | float]:
    """Return a value for each knob, by its place in params.yaml: a whole number where `params` has one there."""
    document = params.model_dump()
    values: dict[str, int | float] = {}
    for name, knob in space.items():
        whole = isinstance(leaf_at(document, name), int)
        if knob.choices is not None:
            values[name] = trial.suggest_categorical(name, [int(x) if whole else x for x in knob.choices])
            continue
        low, high = knob.ends
        if whole:
            values[name] = trial.suggest_int(name, int(low), int(high), log=knob.log)
        else:
            values[name] = trial.suggest_float(name, low, high, log=knob.log)
    return values


def current_values(space: Space, params: Params) -> dict[str, int | float]:
    """Return the value that each knob has now."""
    document = params.model_dump()
    return {name: leaf_at(document, name) for name in space}
