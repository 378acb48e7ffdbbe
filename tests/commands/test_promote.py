import multiprocessing
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mlflow import MlflowClient

from src.commands.cli import main
from src.commands.promote import LOCK, promotion_lock
from src.registry.registry import Registry
from src.tracking.mlflow_store import open_store
from tests.default_params import EXAMPLE_PARAMS
from tests.free_port import free_port
from tests.prediction.broken_models import BROKEN
from tests.tracking.versions import add_version

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

BAD, GOOD, AS_GOOD, BETTER_BY_CHANCE = range(20), range(10), range(11), range(16)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with four versions and no champion."""
    root = tmp_path_factory.mktemp("мій проєкт")
    (root / "dvc.yaml").write_text("stages: {}\n")
    shutil.copy(EXAMPLE_PARAMS, root / "params.yaml")
    client, _ = open_store(f"sqlite:///{root}/mlflow.db", root)
    for wrong in (BAD, GOOD, AS_GOOD, BETTER_BY_CHANCE):
        add_version(Registry(client), root, wrong)
    return root


@pytest.fixture
def root(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, from one of whose folders the command is called."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    root = tmp_path / "copy"
    shutil.copytree(store, root)
    (root / "notebooks").mkdir()
    monkeypatch.chdir(root / "notebooks")
    return root


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["promote", *arguments])


def champion(root: Path) -> str | None:
    found = Registry(MlflowClient(f"sqlite:///{root}/mlflow.db")).champion()
    return None if found is None else str(found.version)


def test_the_first_the_better_and_the_way_back(root: Path) -> None:
    first = call("1")
    assert (first.exit_code, champion(root)) == (0, "1")
    assert first.stdout == "version 1 is champion: the first champion, label and case right on 20 of 40 rows\n"
    better = call("2")
    assert (better.exit_code, champion(root)) == (0, "2")
    assert [line.split()[-3:] for line in better.stdout.splitlines() if line.startswith("  version 2")] == [
        ["20", "10", "30"], ["0", "10", "10"],
    ]  # fmt: skip
    assert "right on 30 of 40 rows, version 1 on 20; alone right on 10, version 1 on 0" in better.stdout
    assert "p = 0.00195 < 0.05" in better.stdout
    back = call("--rollback")
    assert (back.exit_code, champion(root)) == (0, "1")
    assert back.stdout == "version 1 is champion: back from version 2\n"
    again = call("--rollback")
    assert (again.exit_code, champion(root)) == (2, "1")
    assert again.stderr == "Error: version 1 is the first champion: there is none to go back to\n"


def test_a_version_whose_model_does_not_work_is_refused_in_a_line(root: Path) -> None:
    registry = Registry(open_store(f"sqlite:///{root}/mlflow.db", root)[0])
    number = add_version(registry, root, GOOD, BROKEN["renamed output"][0])
    refused = call(number)
    assert (refused.exit_code, champion(root)) == (2, None)
    assert "output 'label' is missing" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_an_advantage_by_chance_is_refused_with_the_table_unless_alpha_allows_it(root: Path) -> None:
    call("1")
    refused = call("4")
    assert (refused.exit_code, champion(root)) == (1, "1")
    assert "version 4 wrong" in refused.stdout
    assert refused.stderr.startswith("Error: version 4 stays as it is: right on 24 of 40 rows, version 1 on 20; ")
    assert refused.stderr.endswith("p = 0.125; not less than 0.05: it may be chance\n")
    params = root / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("alpha: 0.05", "alpha: 0.2"), encoding="utf-8")
    assert (call("4", "--alpha", "0.1").exit_code, champion(root)) == (1, "1")
    assert (call("4").exit_code, champion(root)) == (0, "4")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "either a VERSION"),
        (("1", "--rollback"), "either a VERSION"),
        (("7",), "no version '7'"),
        (("champion",), "no version 'champion'"),
        (("1", "--alpha", "1"), "--alpha"),
        (("--rollback",), "no version is champion"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(arguments: tuple[str, ...], named: str, root: Path) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert named in result.stderr
    assert champion(root) is None


def test_a_server_that_is_away_is_named_without_its_password(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://writer:secret@127.0.0.1:{port}")
    result = call("1")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: MLflow at http://127.0.0.1:{port} is away or refuses (")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.output


def test_a_promotion_that_holds_the_lock_is_not_waited_for_without_end(root: Path) -> None:
    waiting = promotion_lock(root, seconds=0.05)
    with promotion_lock(root), pytest.raises(Exception, match="another promotion is under way"), waiting:
        pass
    assert (root / LOCK).is_file()


def test_two_promotions_at_once_end_in_one_winner(root: Path) -> None:
    call("1")
    processes = multiprocessing.get_context("fork")  # MLflow is imported already: only the alias is raced for
    start, ends = processes.Barrier(2), processes.Queue()

    def race(number: str) -> None:
        start.wait()
        ends.put((call(number).exit_code, number))

    racers = [processes.Process(target=race, args=(number,)) for number in ("2", "3")]  # neither beats the other
    for racer in racers:
        racer.start()
    found = dict(ends.get(timeout=60) for _ in racers)
    for racer in racers:
        racer.join(timeout=60)
    assert set(found) == {0, 1}
    assert champion(root) == found[0]
    registry = Registry(MlflowClient(f"sqlite:///{root}/mlflow.db"))
    assert registry.before() == ["1"]
    assert f'"champion": "{found[0]}"' in registry.version(found[1]).tags["promotion"]
