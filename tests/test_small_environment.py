"""What a user may rely on from `make env-serve`: reading and serving in under 400 MB, without what trains."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.prediction.drawings import drawn, encoded

ROOT = Path(__file__).parents[1]
NEEDED = ("Makefile", "pyproject.toml", "poetry.lock", "README.md", "LICENSE", "src")
LARGEST = 400
"""MB."""
ABSENT = ("torch", "torchvision", "dvc", "mlflow", "optuna", "pandas", "scipy", "sklearn", "matplotlib")

pytestmark = pytest.mark.index


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout without data and outputs, where `make env-serve` has run."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    done = subprocess.run(["make", "env-serve"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pysar(checkout: Path) -> str:
    return str(checkout / ".venv-serve/bin/pysar")


@pytest.fixture
def service(pysar: str, tmp_path: Path) -> Iterator[str]:
    with subprocess.Popen([pysar, "serve", "--port", "0"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        address = re.search(r"http://[0-9.]+:[0-9]+", first)
        assert address is not None, first + process.stderr.read()
        yield address[0]
        process.terminate()


def test_it_is_small(checkout: Path) -> None:
    done = subprocess.run(["du", "-sm", ".venv-serve"], cwd=checkout, capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) < LARGEST


def test_what_trains_is_absent(checkout: Path) -> None:
    script = f"from importlib.util import find_spec; print([name for name in {ABSENT} if find_spec(name)])"
    command = [str(checkout / ".venv-serve/bin/python"), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_reads_a_picture_with_the_released_model(pysar: str, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(encoded(drawn("ж")))
    command = [pysar, "predict", "--format", "jsonl", "picture.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["label"] == "ж"


def test_it_serves(service: str) -> None:
    answer = httpx.post(f"{service}/predict", content=encoded(drawn("ж")))
    assert answer.json()["label"] == "ж"
    assert httpx.get(f"{service}/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "package"),
    [
        (["tune"], "(matplotlib|optuna|pandas|torch)"),
        (["predict", ".", "--model", "models:/pysar@champion"], "mlflow"),
    ],
)
def test_what_needs_more_says_in_one_line_how_to_get_it(
    pysar: str, arguments: list[str], package: str, tmp_path: Path
) -> None:
    done = subprocess.run([pysar, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(f"Error: {package} is not installed in this environment; `make env` .*\n", done.stderr)
