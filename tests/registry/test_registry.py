from pathlib import Path

import pytest
from mlflow import MlflowClient

from src.common.errors import InputError
from src.registry.registry import Registry
from tests.tracking.versions import add_version, right_answers

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other


@pytest.fixture
def registry(client: MlflowClient, tmp_path: Path) -> Registry:
    registry = Registry(client, f"pysar-{tmp_path.name}")
    add_version(registry, tmp_path, [1, 2])
    return registry


def test_a_version_is_found_by_its_number_and_the_champion_by_its_name(registry: Registry, tmp_path: Path) -> None:
    assert registry.champion() is None
    registry.crown(add_version(registry, tmp_path))
    assert [str(registry.version(number).version) for number in ("1", "2", "champion")] == ["1", "2", "2"]


def test_a_candidate_that_becomes_champion_is_none_any_more(registry: Registry, tmp_path: Path) -> None:
    add_version(registry, tmp_path)
    registry.client.set_registered_model_alias(registry.name, "candidate", "2")
    assert str(registry.version("candidate").version) == "2"
    registry.crown("1")
    assert str(registry.version("candidate").version) == "2"
    registry.crown("2")
    with pytest.raises(InputError, match="no version 'candidate'"):
        registry.version("candidate")


def test_the_champion_before_has_an_alias_as_long_as_it_is_there(registry: Registry, tmp_path: Path) -> None:
    add_version(registry, tmp_path)
    registry.write_before(["1", "2"])
    assert str(registry.version("previous").version) == "2"
    registry.client.delete_model_version(registry.name, "2")
    registry.write_before(["1", "2"])
    assert str(registry.version("previous").version) == "1"
    registry.write_before([])
    with pytest.raises(InputError, match="no version 'previous'"):
        registry.version("previous")


def test_who_was_champion_before_is_kept_in_order(registry: Registry) -> None:
    assert registry.before() == []
    registry.write_before(["1", "10", "2"])
    assert registry.before() == ["1", "10", "2"]


def test_notes_are_added_to_what_is_said_and_the_last_document_stands(registry: Registry) -> None:
    for word in ("first", "second"):
        registry.note(registry.version("1"), "promotion", f'"{word}"', f"the {word} note")
    version = registry.version("1")
    assert version.tags["promotion"] == '"second"'
    assert (version.description or "").split("\n\n") == ["the first note", "the second note"]


def test_answers_come_back_as_text(registry: Registry) -> None:
    found = registry.answers_held_back(registry.version("1"))
    assert found.to_csv(index=False) == right_answers([1, 2]).to_csv(index=False)
    assert found["filename"].str.startswith("00").all()


def test_a_run_or_a_file_that_is_gone_is_named(registry: Registry, tmp_path: Path) -> None:
    version = registry.version("1")
    with (
        pytest.raises(InputError, match=r"^version 1: no lineage\.json \(.*evaluate the model again$"),
        registry.artifact(version, "lineage.json"),
    ):
        pass
    version._run_id = "0" * 32
    with pytest.raises(InputError, match="version 1: its run is gone"):
        registry.answers_held_back(version)
