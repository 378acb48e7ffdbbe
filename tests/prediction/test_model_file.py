"""What a user may rely on: the pipeline's own model comes first, then the released one, and any can be asked for."""

from pathlib import Path

import pytest

from src.common.errors import InputError
from src.config.paths import EXPORTED
from src.prediction.model_file import RELEASED, TASKS, find_model, released_file


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder that looks like the project's root."""
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    (tmp_path / "inner").mkdir()
    return tmp_path


def test_outside_a_repository_the_released_model_reads(tmp_path: Path) -> None:
    assert find_model(None, tmp_path) == RELEASED
    assert RELEASED.is_file()


def test_in_a_repository_that_has_not_run_the_released_model_reads(repository: Path) -> None:
    assert find_model(None, repository) == RELEASED


def test_the_pipelines_own_model_comes_first_also_from_a_folder_within(repository: Path) -> None:
    (repository / EXPORTED).parent.mkdir()
    (repository / EXPORTED).touch()
    assert find_model(None, repository / "inner") == repository / EXPORTED


def test_a_file_that_is_asked_for_is_taken(repository: Path) -> None:
    assert find_model("other.onnx", repository) == Path("other.onnx")


def test_a_task_is_read_by_the_model_that_its_pipeline_made(repository: Path) -> None:
    model = repository / TASKS["emnist-byclass"]
    with pytest.raises(InputError, match=r"emnist-byclass\.onnx: no such model; make it with `dvc repro` in"):
        find_model(None, repository, "emnist-byclass")
    model.parent.mkdir(parents=True)
    model.touch()
    assert find_model(None, repository / "inner", "emnist-byclass") == model
    assert find_model(None, repository) == RELEASED
    assert find_model("other.onnx", repository, "emnist-byclass") == Path("other.onnx")


def test_a_task_whose_model_is_released_is_read_without_a_pipeline(tmp_path: Path, repository: Path) -> None:
    for folder in (tmp_path, repository):
        assert find_model(None, folder, "emnist-balanced") == released_file("emnist-balanced")


@pytest.mark.parametrize("name", ["models:/", "models:/pysar", "models:/pysar@", "models:/pysar/one"])
def test_a_name_that_the_registry_cannot_know_is_refused(repository: Path, name: str) -> None:
    with pytest.raises(InputError, match="champion"):
        find_model(name, repository)
