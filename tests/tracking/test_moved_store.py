"""What a user may rely on: a checkout may be moved or copied, and its runs' artifacts are those beside its database."""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from subprocess import run as execute

import pytest
from click.testing import CliRunner
from mlflow import MlflowClient

from src.commands.cli import main
from src.common.digests import tree_digest
from src.common.errors import WorkError
from src.prediction.model_file import RELEASED, find_model
from src.registry.registry import Registry
from src.tracking.mlflow_store import begin_run, open_store
from src.tracking.moved_store import follow_checkout
from src.tracking.store_address import sqlite_address
from tests.default_params import EXAMPLE_PARAMS
from tests.tracking.versions import add_version

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_other_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with two versions, the first of which is champion, in a path that addresses have to encode."""
    root = tmp_path_factory.mktemp("Письмо 100%?#x %41")
    (root / "dvc.yaml").write_text("stages: {}\n")
    shutil.copy(EXAMPLE_PARAMS, root / "params.yaml")
    registry = Registry(opened(root))
    for wrong in (range(20), range(10)):
        add_version(registry, root, wrong)
    registry.crown("1")
    return root


@pytest.fixture
def old(made: Path, tmp_path: Path) -> Path:
    """A checkout of the test's own: MLflow remembers the databases of a process by their paths."""
    root = shutil.copytree(made, tmp_path / "100%?#x %41" / "старе місце")
    opened(root)
    return root


def opened(root: Path) -> MlflowClient:
    return open_store(sqlite_address(root / "mlflow.db"), root)[0]


def log(root: Path) -> str:
    """Begin a run with an artifact, and return its id."""
    client = opened(root)
    experiment = client.get_experiment_by_name("pysar")
    assert experiment is not None
    record = begin_run(client, experiment.experiment_id, "a run", {})
    record.log_artifact(root / "params.yaml", None)
    return record.run_id


def addresses(root: Path) -> str:
    with closing(sqlite3.connect(root / "mlflow.db")) as connection:
        return "\n".join(connection.iterdump())


def test_after_a_move_all_is_at_the_new_place_and_the_old_one_does_not_come_back(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "нове місце 50%?#"
    old.rename(new)
    monkeypatch.chdir(new)
    promoted = CliRunner().invoke(main, ["promote", "2"])
    assert promoted.exit_code == 0, promoted.output
    assert promoted.stderr.count("addresses of artifacts") == 1
    assert find_model("models:/pysar@champion", new).read_bytes() == RELEASED.read_bytes()
    assert (new / "mlartifacts" / log(new) / "artifacts/params.yaml").is_file()
    assert not old.exists()
    assert old.as_uri() not in addresses(new)


def test_a_copy_writes_into_itself_and_the_original_into_itself(old: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(old, old / "копія")  # also within the other
    shutil.rmtree(copy / "mlartifacts")
    before = tree_digest(old / "mlartifacts")
    assert (copy / "mlartifacts" / log(copy) / "artifacts/params.yaml").is_file()
    assert tree_digest(old / "mlartifacts") == before
    assert (old / "mlartifacts" / log(old) / "artifacts/params.yaml").is_file()
    assert "копія" not in addresses(old)
    assert len(list((copy / "mlartifacts").iterdir())) == 1


def test_in_a_temporary_experiment_and_a_worktree_the_store_is_not_moved(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = addresses(old)
    for worktree in (old / ".dvc/tmp/exps/tmp1", tmp_path / "worktree"):
        worktree.mkdir(parents=True)
        (worktree / "dvc.yaml").touch()
        open_store(sqlite_address(old / "mlflow.db"), worktree)
        monkeypatch.chdir(worktree)
        monkeypatch.setenv("DVC_ROOT", str(old))
    assert addresses(old) == before


@pytest.mark.parametrize("place", ["elsewhere", "s3://bucket/folder"])
def test_a_place_that_was_chosen_outside_stays(
    place: str, old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place if "://" in place else str(tmp_path / place / "mlartifacts")
    monkeypatch.setenv("MLFLOW_DEFAULT_ARTIFACT_ROOT", place)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "outside")
    opened(old)
    new = tmp_path / "new"
    old.rename(new)
    experiment = opened(new).get_experiment_by_name("outside")
    assert experiment is not None
    assert experiment.artifact_location == (place if "://" in place else Path(place).as_uri())


def test_a_copy_of_the_database_alone_is_nobodys(old: Path, tmp_path: Path) -> None:
    shutil.copy(old / "mlflow.db", tmp_path / "backup.db")
    open_store(sqlite_address(tmp_path / "backup.db"), old)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as connection:
        assert "\n".join(connection.iterdump()) == addresses(old)


def test_a_store_from_before_moves_were_recorded_is_followed_where_its_artifacts_are_here(
    old: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(old / "mlflow.db")) as connection:
        connection.execute("DROP TABLE pysar_checkout")
    new = tmp_path / "new"
    old.rename(new)
    opened(new)
    assert old.as_uri() not in addresses(new)
    assert new.as_uri() in addresses(new)


def test_what_is_killed_half_way_is_done_again(old: Path, tmp_path: Path) -> None:
    new = shutil.copytree(old, tmp_path / "new")
    program = (
        "import os, sqlite3, sys; from pathlib import Path; from src.tracking import moved_store\n"
        "done = moved_store._rewrite\n"
        "def killed(connection, table, *rest):\n"
        "    if table == 'model_versions': os.kill(os.getpid(), 9)\n"
        "    return done(connection, table, *rest)\n"
        "moved_store._rewrite = killed\n"
        f"moved_store.follow_checkout(Path({str(new / 'mlflow.db')!r}), Path({str(new)!r}))"
    )
    assert execute([sys.executable, "-c", program], cwd=REPOSITORY, check=False).returncode == -9
    assert addresses(new) == addresses(old)
    follow_checkout(new / "mlflow.db", new)
    assert old.as_uri() not in addresses(new)


def test_what_is_no_database_or_is_held_by_another_is_told_in_a_line(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = shutil.copytree(old, tmp_path / "new")
    monkeypatch.setattr("src.tracking.moved_store.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(new / "mlflow.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkError, match=r"mlflow\.db: database is locked; try again"):
            follow_checkout(new / "mlflow.db", new)
    (new / "mlflow.db").write_bytes(b"no database" * 1000)
    with pytest.raises(WorkError, match=r"mlflow\.db: file is not a database; move it away"):
        follow_checkout(new / "mlflow.db", new)


def test_one_folder_mounted_at_two_places_is_one_store(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "mounted"
    new.mkdir()
    (new / "mlflow.db").hardlink_to(old / "mlflow.db")
    before = addresses(old)
    opened(new)
    assert addresses(old) == before
