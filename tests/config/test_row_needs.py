import re
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from src.common.errors import InputError
from src.config.params import Params, load_params
from src.config.row_needs import check_rows
from src.data.merge import draw_digits
from src.data.split import split_samples
from src.data.splitting.partition_others import folds_of_others, take_of_others
from src.data.tables.source_names import MNIST_TEST, MNIST_TRAIN
from src.features.labels import DIGITS, LETTERS
from src.models.rows.corpora import hold_back
from tests.default_params import PARAMS

ROOT = Path(__file__).parents[2]
REAL = load_params(PARAMS)


def changed(values: dict[str, object], params: Params = REAL) -> Params:
    document = params.model_dump()
    for place, value in values.items():
        section, _, leaf = place.partition(".")
        document[section][leaf] = value
    return Params.model_validate(document)


SAMPLE = changed({"data.source": "sample", "split.val_size": 0.1, "sample.letters_per_class": 20})


def test_the_sample_has_rows_enough_for_the_params_of_upstream() -> None:
    check_rows(changed({"data.source": "sample"}))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"split.val_size": 0.02}, "split.val_size: 22 of 865 rows for 49 kinds"),
        ({"split.val_size": 0.046}, "split.val_size: 58 of 633 rows for 59 kinds of label and case in calibrate's"),
        ({"split.val_size": 0.7}, "split.val_size"),
        ({"split.test_size": 0.01}, "split.test_size: 11 of 1081"),
        ({"split.test_size": 0.96, "split.val_size": 0.03}, "split.test_size: 1038 of 1081 rows"),
        ({"split.test_size": 0.5, "split.val_size": 0.5}, "split.test_size and split.val_size"),
        ({"split.mode": "published", "split.val_size": 0.03}, "split.val_size: 47 of 1281"),
        ({"data.source": "sample", "sample.letters_per_class": 20}, "split.val_size: 73 of 728 rows for 76 kinds"),
        ({"data.source": "sample", "split.mode": "published"}, "split.mode"),
        ({"merge.digits_per_class": 7000}, "merge.digits_per_class: 5600 digits"),
        ({"merge.digits_per_class": 5000}, "merge.digits_per_class: 1000 digits"),
        ({"pretrain.corpora": ["fill"]}, "pretrain.corpora"),
        ({"pretrain.corpora": ["mnist", "mnist"]}, "pretrain.corpora"),
        ({"pretrain.corpora": ["cmnist"], "pretrain.val_size": 0.05}, "pretrain.val_size: 50 of 993"),
        ({"pretrain.val_size": 0.001}, "pretrain.val_size: 61 of 60993"),
    ],
)
def test_a_param_that_leaves_a_stage_without_rows_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"params.yaml: {named}")):
        check_rows(changed(values))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"sample.letters_per_class": 4}, "split.test_size: 53 of 264 rows for 66 kinds"),
        ({"sample.train_digits": 300, "pretrain.val_size": 0.3}, "merge.digits_per_class: 40 digits"),
        (
            {"calibrate.folds": 20, "merge.digits_per_class": 12, "sample.letters_per_class": 16},
            "calibrate.folds: 20 folds",
        ),
        (
            {"sample.cmnist_per_class": 4, "pretrain.corpora": ["cmnist"], "pretrain.val_size": 0.4},
            "pretrain.val_size: no",
        ),
        ({"sample.letters_per_class": 1}, "split.test_size: no label and case has two"),
    ],
)
def test_a_sample_that_is_too_small_is_told_by_the_param_that_does_not_fit(
    values: dict[str, object], named: str
) -> None:
    check_rows(SAMPLE)
    with pytest.raises(InputError, match=re.escape(f"params.yaml: {named}")):
        check_rows(changed(values, SAMPLE))


@pytest.mark.parametrize("seed", range(80))
def test_what_is_refused_and_what_is_not_is_as_the_stages_have_it(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # of no secret
    params = changed(
        {
            "sample.letters_per_class": random.randint(8, 30),
            "sample.train_digits": random.choice([200, 1000]),
            "merge.digits_per_class": random.randint(12, 60),
            "split.test_size": random.choice([0.03, 0.1, 0.2, 0.4]),
            "split.val_size": random.choice([0.03, 0.05, 0.06, 0.1, 0.3]),
            "calibrate.folds": random.choice([2, 3, 8, 15]),
            "pretrain.val_size": 0.3,
        },
        SAMPLE,
    )
    assert _refuses(check_rows, params) == _refuses(_run_stages, params)


def _refuses(work: object, params: Params) -> bool:
    try:
        work(params)  # type: ignore[operator]
    except InputError:
        return True
    return False


def _run_stages(params: Params) -> None:
    """Do what merge, split and calibrate do with rows such as the sample has."""
    split, sample = params.split, params.sample
    letters = pd.concat([
        _rows(letter, sample.letters_per_class, "rukopys", uppercase=uppercase)
        for letter in LETTERS for uppercase in (False, True)
    ])  # fmt: skip
    mnist = pd.concat([
        _rows(digit, count // 10, source)
        for digit in DIGITS for count, source in ((sample.train_digits, MNIST_TRAIN), (sample.test_digits, MNIST_TEST))
    ])  # fmt: skip
    digits = draw_digits(mnist, params.merge.digits_per_class, split.test_size, 1)
    frame = split_samples(pd.concat([digits, letters], ignore_index=True), split)
    pool = frame[frame["split"] != "test"]
    for fold in folds_of_others(pool, params.calibrate.folds, 1, "calibrate.folds"):
        take_of_others(pool[~fold], split.val_size * len(pool), 1, "split.val_size")


def _rows(label: str, count: int, source: str, *, uppercase: bool | None = None) -> pd.DataFrame:
    names = [f"{source}/{label}-{uppercase}-{number}" for number in range(count)]
    case = pd.array([uppercase] * count, dtype="boolean")
    return pd.DataFrame({"label": label, "is_uppercase": case, "source": source, "group": names})


@pytest.mark.parametrize("per_class", [5, 8, 12])
def test_the_sheets_of_the_sample_are_counted_as_pretrain_counts_them(per_class: int) -> None:
    values = {"sample.cmnist_per_class": per_class, "pretrain.corpora": ["cmnist"]}
    sheets = -(-per_class // 4)
    kinds = [(letter, case) for case in (False, True) for letter in LETTERS][:59]
    frame = pd.concat([_rows(letter, per_class, "cmnist", uppercase=case) for letter, case in kinds])
    frame["group"] = [f"{row // per_class}/{row % per_class % sheets}" for row in range(len(frame))]
    frame = frame.reset_index(drop=True)
    for val_size in np.linspace(0.05, 0.95, 10):
        params = changed({**values, "pretrain.val_size": float(val_size)}, SAMPLE)
        held = _refuses(lambda given: hold_back(frame, given.pretrain), params)
        assert _refuses(check_rows, params) == held


def test_the_command_for_the_sample_that_the_manual_names_has_rows_for_every_stage() -> None:
    text = (ROOT / "docs/first-run.md").read_text(encoding="utf-8")
    commands = re.findall(r"^dvc exp run (.*data\.source=sample.*)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        values = re.findall(r"-S ([a-z_.]+)=(\S+)", command)
        check_rows(changed({name: YAML(typ="safe").load(value) for name, value in values}))
