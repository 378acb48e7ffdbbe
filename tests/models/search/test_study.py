from pathlib import Path

import optuna
import pytest

from src.common.errors import InputError
from src.models.search.study import make_pruner, open_storage, storage_address, study_name
from tests.free_port import free_port
from tests.models.study_factory import SEARCH, journal_study


def test_a_study_is_kept_where_it_was_said_or_in_the_journal_at_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYSAR_STUDY_STORAGE", raising=False)
    assert storage_address(None, tmp_path) == f"{tmp_path}/.pysar/studies.journal"
    monkeypatch.setenv("PYSAR_STUDY_STORAGE", "postgresql://there/studies")
    assert storage_address(None, tmp_path) == "postgresql://there/studies"
    assert storage_address("here.journal", tmp_path) == "here.journal"


def test_a_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    journal_study(tmp_path).add_trial(optuna.create_trial(value=0.5))
    again = journal_study(tmp_path)
    assert [trial.value for trial in again.trials] == [0.5]
    assert again.direction is optuna.study.StudyDirection.MAXIMIZE


def test_other_params_space_data_code_or_seed_have_another_study() -> None:
    name = study_name("finetune", 1, {"rate": 1}, {"a": "0"}, "code")
    assert name == study_name("finetune", 1, {"rate": 1}, {"a": "0"}, "code")
    assert name.startswith("finetune-seed1-")
    others = {
        study_name("finetune", 1, {"rate": 2}, {"a": "0"}, "code"),
        study_name("finetune", 1, {"rate": 1}, {"a": "1"}, "code"),
        study_name("finetune", 1, {"rate": 1}, {"a": "0"}, "other code"),
        study_name("finetune", 2, {"rate": 1}, {"a": "0"}, "code"),
        study_name("pretrain", 1, {"rate": 1}, {"a": "0"}, "code"),
    }
    assert len(others | {name}) == 6


@pytest.mark.parametrize(
    ("pruner", "kind"),
    [
        ("median", optuna.pruners.MedianPruner),
        ("hyperband", optuna.pruners.HyperbandPruner),
        ("none", optuna.pruners.NopPruner),
    ],
)
def test_the_pruner_is_the_one_of_the_params(pruner: str, kind: type) -> None:
    assert isinstance(make_pruner(SEARCH.model_copy(update={"pruner": pruner}), 10), kind)


def test_a_database_that_is_away_is_named_without_its_password() -> None:
    address = f"postgresql://pysar:secret@127.0.0.1:{free_port()}/studies"
    with pytest.raises(InputError, match=r"^postgresql://127\.0\.0\.1:\d+/studies: no storage of studies") as caught:
        open_storage(address)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_of_no_known_kind_is_named() -> None:
    with pytest.raises(InputError, match="nonsense://there: no storage of studies"):
        open_storage("nonsense://there")
