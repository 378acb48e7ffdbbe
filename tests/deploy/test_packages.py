"""What the images are given: all that the service imports, and nothing of training."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.deploy.composition import DEPLOY, stages

ROOT = DEPLOY.parent
LOADED = """
import json, sys
import src.commands.serve, src.serving.store.uploads
print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "src" and m.__file__]))
"""


def locked(group: str) -> set[str]:
    packages = tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))["package"]
    return {package["name"] for package in packages if group in package["groups"]}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_the_service_s_image_has_every_package_that_the_service_imports() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    names = set().union(*(imported(Path(path)) for path in json.loads(done.stdout)))
    packages = {
        re.sub("[-_.]+", "-", distribution).lower()
        for name in names - {"src"} - sys.stdlib_module_names
        for distribution in packages_distributions()[name]
    }
    assert {"onnxruntime", "fastapi", "boto3"} <= packages
    assert packages <= locked("serving")


def test_the_service_s_image_has_nothing_of_training() -> None:
    assert not locked("serving") & {"torch", "pandas", "dvc", "mlflow", "scikit-learn", "optuna"}


def test_mlflow_s_image_can_speak_to_postgresql_and_s3() -> None:
    assert {"mlflow", "psycopg", "psycopg-binary", "boto3"} <= locked("tracking")
    assert "torch" not in locked("tracking")


def test_the_images_install_these_groups_and_end_as_an_unprivileged_user() -> None:
    found = stages()
    for stage in ("serving", "tracking"):
        assert f"install --only {stage} --no-root" in found[stage]["RUN"]
    for stage in ("service", "mlflow", "s3"):
        assert found[stage]["USER"] == "10001:10001"
