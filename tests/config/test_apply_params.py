from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from src.config.apply_params import apply_values
from src.config.params import load_params
from tests.default_params import PARAMS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_bytes(PARAMS.read_bytes())
    return path


def test_only_the_line_of_the_value_changes_and_the_change_is_shown(path: Path) -> None:
    before = path.read_text(encoding="utf-8").splitlines()
    difference = apply_values({"finetune.unknown_height": 0.25}, path)
    after = path.read_text(encoding="utf-8").splitlines()
    (place,) = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert after[place] == before[place].replace("0.3 ", "0.25 ")
    assert "share of training letters" in after[place]
    assert f"-{before[place]}\n+{after[place]}\n" in difference
    assert load_params(path).finetune.unknown_height == 0.25


def test_the_same_values_change_nothing(path: Path) -> None:
    before = path.read_bytes()
    params = load_params(path)
    assert apply_values({"finetune.batch_size": params.finetune.batch_size}, path) == ""
    assert path.read_bytes() == before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines_stay_as_they_are(path: Path, end: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", end).encode())
    apply_values({"finetune.unknown_height": 0.25}, path)
    wanted = text.replace("unknown_height: 0.3 ", "unknown_height: 0.25 ")
    assert path.read_bytes().decode("utf-8") == wanted.replace("\n", end)
    assert load_params(path).finetune.unknown_height == 0.25


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rate=st.floats(1e-7, 1), size=st.integers(2, 4096))
def test_every_number_is_read_back_as_it_was_written(rate: float, size: int, path: Path) -> None:
    apply_values({"finetune.learning_rate": rate, "finetune.augment.scale": 0.5, "finetune.batch_size": size}, path)
    finetune = load_params(path).finetune
    assert (finetune.learning_rate, finetune.augment.scale, finetune.batch_size) == (rate, 0.5, size)


@pytest.mark.parametrize(
    ("values", "error"), [({"finetune.nothing": 1.0}, KeyError), ({"network.dropout": 2.0}, ValidationError)]
)
def test_a_wrong_value_leaves_the_file_alone(values: dict[str, float], error: type[Exception], path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(error):
        apply_values(values, path)
    assert path.read_bytes() == before
