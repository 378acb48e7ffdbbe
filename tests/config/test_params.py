from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError
from src.config.params import Params, load_params
from tests.default_params import EXAMPLE_PARAMS

REPOSITORY_PARAMS = Path(__file__).parents[2] / "params.yaml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Write the example with one piece of text replaced."""
    text = EXAMPLE_PARAMS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "params.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def complaint(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_params(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_the_repositorys_own_params_are_valid() -> None:
    assert isinstance(load_params(REPOSITORY_PARAMS), Params)


def test_params_cannot_be_changed_by_a_stage() -> None:
    params = load_params(EXAMPLE_PARAMS)
    with pytest.raises(ValueError, match="frozen"):
        params.split.seed = 2


def test_a_number_with_an_exponent_is_a_number_as_for_dvc(tmp_path: Path) -> None:
    path = changed(tmp_path, "learning_rate: 0.003", "learning_rate: 1e-4")
    assert load_params(path).pretrain.learning_rate == pytest.approx(1e-4)


def test_a_whole_number_is_taken_where_a_fraction_may_stand(tmp_path: Path) -> None:
    path = changed(tmp_path, "rotation_degrees: 12", "rotation_degrees: 10")
    assert load_params(path).pretrain.augment.rotation_degrees == 10


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("learning_rate: 0.003", "learning_rat: 0.003", "pretrain.learning_rat:", "unknown key"),
        ("learning_rate: 0.003", "learning_rat: 0.003", "pretrain.learning_rate:", "missing"),
        ("learning_rate: 0.003", 'learning_rate: "1e-4x"', "pretrain.learning_rate:", "got '1e-4x'"),
        ("learning_rate: 0.003", "learning_rate: 1e-4x", "pretrain.learning_rate:", "got '1e-4x'"),
        ("learning_rate: 0.003", 'learning_rate: "1e-4"', "pretrain.learning_rate:", "got '1e-4'"),
        ("learning_rate: 0.003", "learning_rate: -1", "pretrain.learning_rate:", "greater than 0"),
        ("learning_rate: 0.003", "learning_rate: .nan", "pretrain.learning_rate:", "finite"),
        ("learning_rate: 0.003", "learning_rate: .inf", "pretrain.learning_rate:", "finite"),
        ("learning_rate: 0.003", "learning_rate: true", "pretrain.learning_rate:", "got True"),
        ("learning_rate: 0.003", "learning_rate:", "pretrain.learning_rate:", "got None"),
        ("epochs: 12", "epochs: true", "pretrain.epochs:", "got True"),
        ("epochs: 12", "epochs: 12.0", "pretrain.epochs:", "got 12.0"),
        ("epochs: 12", "epochs: 1e1", "pretrain.epochs:", "got 10.0"),
        ("epochs: 12", "epochs: 0", "pretrain.epochs:", "got 0"),
        ("epochs: 12", 'epochs: "12"', "pretrain.epochs:", "got '12'"),
        ("test_size: 0.2", "test_size: 1.0", "split.test_size:", "less than 1"),
        ("mode: stratified", "mode: random", "split.mode:", "'stratified' or 'published'"),
        ("source: upstream", "source: mirror", "data.source:", "'upstream' or 'sample'"),
        ("channels: [32, 64, 128]", "channels: [32, 6.4, 128]", "network.channels.1:", "got 6.4"),
        ("channels: [32, 64, 128]", "channels: []", "network.channels:", "at least 1"),
        ("channels: [32, 64, 128]", "channels: 32", "network.channels:", "got 32"),
        ("\nsplit:\n", "\nsplitting:\n", "splitting:", "unknown key"),
        ("\nsplit:\n", "\nsplitting:\n", "split:", "missing"),
        ("\ndata:\n", "\n3: 4\ndata:\n", "3:", ""),
    ],
)
def test_a_wrong_value_is_named_by_its_key(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    text = "\n" + EXAMPLE_PARAMS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "params.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    message = complaint(path)
    assert key in message
    assert reason in message


def test_every_wrong_key_is_named_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, "seed: 1\n  train_digits: 3000", "sed: 1\n  train_digits: many")
    message = complaint(path)
    assert all(key in message for key in ("sample.sed:", "sample.seed:", "sample.train_digits:"))


@pytest.mark.parametrize(
    "content",
    ["", "[]", "split", "a: [", "a: 1\na: 2\n", "\tdata: 1", "data: !!python/object:os.system x", "a: &b 1\nc: *d"],
)
def test_what_is_not_a_mapping_in_yaml_is_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(content, encoding="utf-8")
    assert complaint(path)


def test_a_key_given_twice_is_an_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "mode: stratified", "mode: stratified\n  mode: published")
    assert "mode" in complaint(path)


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(b"\xff\xfe\x00data")
    assert "not valid YAML" in complaint(path)


def test_a_missing_file_says_where_to_run_the_command(tmp_path: Path) -> None:
    assert "root of the repository" in complaint(tmp_path / "params.yaml")


def keys_of(document: object, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(document, dict):
        return [prefix]
    return [key for name, value in document.items() for key in keys_of(value, (*prefix, name))]


# Of a knob in a space only the whole can be wrong: tests/config/test_search_params.py.
ALL_KEYS = [key for key in keys_of(load_params(EXAMPLE_PARAMS).model_dump()) if "space" not in key]


@settings(deadline=None)
@given(key=st.sampled_from(ALL_KEYS), wrong=st.sampled_from([None, "x", [], {}, [[]], True, float("nan"), -1e300]))
def test_no_key_takes_a_value_of_the_wrong_kind(key: tuple[str, ...], wrong: object) -> None:
    document = load_params(EXAMPLE_PARAMS).model_dump()
    inner = document
    for part in key[:-1]:
        inner = inner[part]
    inner[key[-1]] = wrong
    with pytest.raises(ValueError, match=r"\.".join(key)):
        Params.model_validate(document)
