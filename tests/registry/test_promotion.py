import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from mlflow import MlflowClient

from src.common.errors import InputError, WorkError
from src.prediction.model_file import released_file
from src.prediction.registered import KEPT, check_version
from src.registry.decision import Decision, Stamp
from src.registry.promotion import DECISION, promote, roll_back
from src.registry.registry import Registry
from tests.prediction.broken_models import BROKEN
from tests.tracking.versions import MODEL, ROWS, add_version

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

STAMP = Stamp("2026-11-21T12:00:00+00:00", "tester")
BAD, GOOD, BEST = range(20), range(10), range(2)
"""Wrong rows: of neighbours the one to the right is better, and by more than chance."""


@pytest.fixture
def registry(client: MlflowClient, tmp_path: Path) -> Registry:
    return Registry(client, f"pysar-{tmp_path.name}")


def champion(registry: Registry) -> str | None:
    found = registry.champion()
    return None if found is None else str(found.version)


def decide(registry: Registry, number: str, alpha: float = 0.05) -> Decision:
    return promote(registry, number, alpha, STAMP, checks_of(registry))


def go_back(registry: Registry) -> Decision:
    return roll_back(registry, STAMP, checks_of(registry))


def checks_of(registry: Registry) -> Callable[[str], None]:
    root = Path(registry.client.tracking_uri.removeprefix("sqlite:///")).parent
    return partial(check_version, registry, root=root)


def test_the_first_is_champion_without_a_test_and_why_is_written(registry: Registry, tmp_path: Path) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    first = registry.version("champion")
    assert str(first.version) == "1"
    document = json.loads(first.tags[DECISION])
    assert (document["action"], document["champion"], document["pairs"]) == ("promoted", None, None)
    assert "the first champion, label and case right on 20 of 40 rows" in (first.description or "")


def test_who_is_better_by_more_than_chance_takes_the_place_and_why_is_written(
    registry: Registry, tmp_path: Path
) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    decision = decide(registry, add_version(registry, tmp_path, [*GOOD, 30]))
    assert champion(registry) == "2"
    document = json.loads(registry.version("2").tags[DECISION])
    assert document["pairs"] == {"both": 19, "challenger_only": 10, "champion_only": 1, "neither": 10}
    assert document["scores"] == {"version": {"right": 29, "n": ROWS}, "champion": {"right": 20, "n": ROWS}}
    assert document["p_value"] == pytest.approx(0.01172, rel=1e-3)
    assert (document["alpha"], document["champion"], document["stamp"]["by"]) == (0.05, "1", "tester")
    assert decision.in_words() in (registry.version("2").description or "")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [(range(16), "it may be chance"), (BAD, "it is not better"), (range(35), "it is not better")],
)
def test_who_is_not_better_by_more_than_chance_is_refused_and_that_is_written(
    wrong: range, why: str, registry: Registry, tmp_path: Path
) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    decision = decide(registry, add_version(registry, tmp_path, wrong))
    assert champion(registry) == "1"
    assert decision.action == json.loads(registry.version("2").tags[DECISION])["action"] == "refused"
    assert why in (registry.version("2").description or "")


def test_a_greater_alpha_lets_a_smaller_advantage_pass(registry: Registry, tmp_path: Path) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    number = add_version(registry, tmp_path, range(16))  # p = 2 / 2^4
    assert decide(registry, number, alpha=0.125).action == "refused"
    assert decide(registry, number, alpha=0.126).action == "promoted"


@pytest.mark.parametrize(
    ("tags", "named"),
    [
        ({"held_back.digest": "d2"}, "other rows out of fold"),
        ({"alphabet": "abc"}, "another alphabet"),
        ({"corpus": "sample"}, "another corpus"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    tags: dict[str, str], named: str, registry: Registry, tmp_path: Path
) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    number = add_version(registry, tmp_path, BEST, MODEL, **tags)
    with pytest.raises(InputError, match=named):
        decide(registry, number)
    assert champion(registry) == "1"
    assert DECISION not in registry.version(number).tags


@pytest.mark.parametrize("number", ["2", "0", "x", "-1", "1.5", "champion2", "9" * 30])
def test_an_unknown_version_is_named(number: str, registry: Registry, tmp_path: Path) -> None:
    add_version(registry, tmp_path)
    with pytest.raises(InputError, match=f"no version '{number}'"):
        decide(registry, number)


def test_a_model_that_was_never_registered_has_no_version(registry: Registry) -> None:
    for number in ("1", "champion"):
        with pytest.raises(InputError, match="no version"):
            registry.version(number)
    with pytest.raises(InputError, match="no version is champion"):
        go_back(registry)


def test_the_champion_itself_and_what_evaluate_did_not_register_are_refused(registry: Registry, tmp_path: Path) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    for number in ("1", "champion"):
        with pytest.raises(InputError, match="champion already"):
            decide(registry, number)
    registry.client.delete_model_version_tag(registry.name, add_version(registry, tmp_path), "held_back.digest")
    with pytest.raises(InputError, match=r"no held_back\.digest"):
        decide(registry, "2")
    with pytest.raises(InputError, match=r"version 3: no calibrate/out_of_fold\.csv"):
        decide(registry, add_version(registry, tmp_path, None))


def test_a_version_whose_model_does_not_work_is_not_promoted(registry: Registry, tmp_path: Path) -> None:
    decide(registry, add_version(registry, tmp_path, BAD))
    latin = released_file("emnist-balanced").read_bytes()
    for model, reason in ((BROKEN["NaN"][0], "not a number"), (b"cut", "no ONNX model"), (latin, "another alphabet")):
        with pytest.raises(InputError, match=reason):
            decide(registry, add_version(registry, tmp_path, BEST, model))
        assert champion(registry) == "1"
    assert registry.before() == []


def test_rollback_to_a_model_that_is_gone_is_refused(registry: Registry, tmp_path: Path) -> None:
    for wrong in (BAD, GOOD):
        decide(registry, add_version(registry, tmp_path, wrong))
    shutil.rmtree(url2pathname(urlsplit(registry.version("1").source or "").path))
    shutil.rmtree(Path(registry.client.tracking_uri.removeprefix("sqlite:///")).parent / KEPT)
    with pytest.raises(WorkError, match="cannot be fetched"):
        go_back(registry)
    assert (champion(registry), registry.before()) == ("2", ["1"])


def test_rollback_goes_back_champion_by_champion_and_says_why(registry: Registry, tmp_path: Path) -> None:
    for wrong in (BAD, GOOD, BEST):
        decide(registry, add_version(registry, tmp_path, wrong))
    for number in ("2", "1"):
        go_back(registry)
        assert champion(registry) == number
        assert json.loads(registry.version(number).tags[DECISION])["action"] == "rolled back"
    assert "back from version 3" in (registry.version("3").description or "")
    with pytest.raises(InputError, match="the first champion"):
        go_back(registry)
    decide(registry, "3")
    assert (champion(registry), registry.before()) == ("3", ["1"])


def test_aliases_follow_promotions_and_rollbacks(registry: Registry, tmp_path: Path) -> None:
    def aliases() -> dict[str, int]:
        found = registry.client.get_registered_model(registry.name).aliases
        return {alias: int(number) for alias, number in found.items()}

    for wrong in (BAD, GOOD, BEST):
        add_version(registry, tmp_path, wrong)
        registry.client.set_registered_model_alias(registry.name, "candidate", add_version(registry, tmp_path, wrong))
    decide(registry, "1")
    assert aliases() == {"champion": 1, "candidate": 6}
    decide(registry, "3")
    assert aliases() == {"champion": 3, "previous": 1, "candidate": 6}
    decide(registry, "candidate")
    assert aliases() == {"champion": 6, "previous": 3}
    go_back(registry)
    assert aliases() == {"champion": 3, "previous": 1}
    go_back(registry)
    assert aliases() == {"champion": 1}


def test_rollback_passes_over_a_deleted_version(registry: Registry, tmp_path: Path) -> None:
    for wrong in (BAD, GOOD, BEST):
        decide(registry, add_version(registry, tmp_path, wrong))
    registry.client.delete_model_version(registry.name, "2")
    go_back(registry)
    assert champion(registry) == "1"


class Killed(BaseException):
    """Stands for SIGKILL between two writes."""


def test_a_kill_between_the_writes_loses_no_champion(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    for wrong in (BAD, GOOD, BEST):
        number = add_version(registry, tmp_path, wrong)
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(registry, "crown", kill)
            decide(registry, number)
        decide(registry, number)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(registry, "write_before", kill)
        go_back(registry)
    assert champion(registry) == "2"
    go_back(registry)
    assert champion(registry) == "1"


def test_a_promotion_by_another_machine_in_between_is_told(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (BAD, GOOD, BEST):
        add_version(registry, tmp_path, wrong)
    decide(registry, "1")
    answers = registry.answers_held_back

    def meanwhile(version: object) -> object:
        registry.crown("3")
        return answers(version)  # type: ignore[arg-type]  # a stand-in that passes on what it is given

    monkeypatch.setattr(registry, "answers_held_back", meanwhile)
    with pytest.raises(WorkError, match="made version 3 the champion"):
        decide(registry, "2")
    assert champion(registry) == "3"
    monkeypatch.undo()
    crown = registry.crown
    monkeypatch.setattr(registry, "crown", lambda _: crown("1"))
    registry.crown("1")
    with pytest.raises(WorkError, match="made version 1 the champion"):
        decide(registry, "2")
