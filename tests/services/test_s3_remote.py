"""DVC's remote over HTTP, set up as the manual says."""

import contextlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from src.common.digests import tree_digest
from tests.free_port import free_port
from tests.pipeline.conftest import environment
from tests.services.s3 import Endpoint

PAGE = Path(__file__).parents[2] / "docs/howto/s3.md"
PIPELINE = "stages: {make: {cmd: python make.py, deps: [make.py], outs: [folder, table]}}"
MAKE = """
from pathlib import Path
Path("folder").mkdir()
for number in range(3):
    Path(f"folder/{number}").write_bytes(bytes([number]) * 1000)
Path("table").write_bytes(b"rows")
"""


def run(*command: str, status: int = 0) -> str:
    """Run a command in the working folder; return what it says on stderr."""
    variables = {key: value for key, value in environment().items() if not key.startswith("AWS_")}
    variables["AWS_MAX_ATTEMPTS"] = "1"
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (status == 0), f"{command}: {done.stdout}{done.stderr}"
    return done.stderr


def documented_commands(endpoint: Endpoint, bucket: str) -> list[list[str]]:
    """Return the commands of the page, their comments and stand-ins replaced."""
    block = PAGE.read_text("utf-8").partition("```\n")[2].partition("```")[0]
    actual = {
        "<bucket>": bucket,
        "<id>": endpoint.access_key_id,
        "<secret>": endpoint.secret_access_key,
        "http://127.0.0.1:9000": endpoint.url,
    }
    for stand_in, value in actual.items():
        assert stand_in in block
        block = block.replace(stand_in, value)
    return [line.partition("#")[0].split() for line in block.splitlines()]


def wipe(root: Path) -> None:
    """Lose all that DVC keeps here, as a fresh clone would."""
    shutil.rmtree(root / ".dvc" / "cache")
    shutil.rmtree(root / "folder")
    (root / "table").unlink()


def content(root: Path) -> list[str]:
    """Return digests of the outputs and of all that DVC's cache has of them."""
    return [tree_digest(root / name) for name in ("folder", ".dvc/cache/files")] + [(root / "table").read_text("utf-8")]


@dataclass(frozen=True)
class Pushed:
    root: Path
    bucket: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, s3: Endpoint) -> Pushed:
    """A repository with two outputs, pushed by the manual's commands."""
    pushed = Pushed(tmp_path_factory.mktemp("template"), s3.new_bucket())
    (pushed.root / "dvc.yaml").write_text(PIPELINE)
    (pushed.root / "make.py").write_text(MAKE)
    given = [["git", "init", "--quiet"], ["dvc", "init", "--quiet"], ["dvc", "repro", "--quiet"]]
    with contextlib.chdir(pushed.root):
        for command in given + documented_commands(s3, pushed.bucket):
            run(*command)
    return pushed


@pytest.fixture
def bucket(template: Pushed) -> str:
    return template.bucket


@pytest.fixture
def repository(template: Pushed, workspace: Path) -> Path:
    shutil.copytree(template.root, workspace, dirs_exist_ok=True)
    return workspace


def set_up(name: str, value: str) -> None:
    local = ["--local"] if name in {"access_key_id", "secret_access_key"} else []
    run("dvc", "remote", "modify", *local, "storage", name, value)


def test_what_is_pushed_comes_back_with_the_same_bytes_after_a_wipe(
    repository: Path, s3: Endpoint, bucket: str
) -> None:
    before = content(repository)
    assert len(s3.objects(bucket)) == 5  # four files, and the list of the folder's
    assert all(key.startswith("pysar/files/md5/") for key in s3.objects(bucket))
    wipe(repository)
    run("dvc", "pull")
    assert content(repository) == before


def test_the_manual_keeps_the_credentials_out_of_git(repository: Path, s3: Endpoint) -> None:
    run("git", "add", "--all")
    tracked = subprocess.run(["git", "grep", "--cached", "-F", s3.secret_access_key], check=False, capture_output=True)
    assert (tracked.returncode, tracked.stdout) == (1, b"")
    assert s3.secret_access_key in (repository / ".dvc" / "config.local").read_text("utf-8")


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("secret_access_key", "wrong", r"Forbidden: An error occurred \(403\)"),
        ("access_key_id", "wrong", r"Forbidden: An error occurred \(403\)"),
        ("url", "s3://nowhere/pysar", r"The specified bucket does not exist"),
        ("endpointurl", "http://127.0.0.1:<closed>", r"Could not connect to the endpoint URL: \"http://127.0.0.1:"),
    ],
    ids=["wrong secret", "unknown id", "no such bucket", "endpoint away"],
)
def test_a_remote_that_refuses_is_named_and_nothing_is_lost(
    setting: str, value: str, message: str, repository: Path, s3: Endpoint, bucket: str
) -> None:
    right = {
        "secret_access_key": s3.secret_access_key,
        "access_key_id": s3.access_key_id,
        "url": f"s3://{bucket}/pysar",
        "endpointurl": s3.url,
    }
    here, there = content(repository), s3.objects(bucket)
    set_up(setting, value.replace("<closed>", str(free_port())))
    check_error(run("dvc", "push", status=1), message)
    assert (content(repository), s3.objects(bucket)) == (here, there)
    wipe(repository)
    (repository / "folder").mkdir()
    (repository / "folder" / "mine").write_text("not DVC's")
    check_error(run("dvc", "pull", status=1), message)
    assert (repository / "folder" / "mine").read_text() == "not DVC's"
    assert s3.objects(bucket) == there
    shutil.rmtree(repository / "folder")
    set_up(setting, right[setting])
    run("dvc", "pull")
    assert content(repository) == here


def check_error(said: str, message: str) -> None:
    assert re.search(f"^ERROR: .*{message}", said, re.MULTILINE), said
    assert "Traceback" not in said
