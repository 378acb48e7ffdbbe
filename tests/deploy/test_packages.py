"""What the images and the small environment are given: all that is imported there, and nothing of training."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.markers import Marker

from tests.deploy.composition import DEPLOY, stages

ROOT = DEPLOY.parent
LOADED = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "src" and m.__file__]))
"""
TRAINING = {"torch", "torchvision", "pandas", "dvc", "mlflow", "scikit-learn", "optuna", "matplotlib", "scipy"}


def locked(group: str, extra: str = "") -> set[str]:
    """Return the packages of poetry.lock for a group; of `main` those for the base and one extra."""
    names = set()
    for package in tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))["package"]:
        markers = package.get("markers", "")
        marker = markers.get(group, "") if isinstance(markers, dict) else markers
        if group in package["groups"] and (not marker or Marker(marker).evaluate({"extra": extra})):
            names.add(package["name"])
    return names


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    ("extra", "modules", "some"),
    [
        ("", ["src.commands.predict"], {"onnxruntime", "pillow"}),
        ("serve", ["src.commands.serve", "src.commands.review", "src.serving.store.uploads"], {"fastapi", "boto3"}),
    ],
)
def test_what_reads_and_what_serves_have_every_package_that_they_import(
    extra: str, modules: list[str], some: set[str]
) -> None:
    command = [sys.executable, "-c", LOADED, *modules]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = set().union(*(imported(Path(path)) for path in json.loads(done.stdout)))
    packages = {
        re.sub("[-_.]+", "-", distribution).lower()
        for name in names - {"src"} - sys.stdlib_module_names
        for distribution in packages_distributions()[name]
    }
    assert some <= packages
    assert packages <= locked("main", extra)


@pytest.mark.parametrize("extra", ["", "serve"])
def test_what_reads_and_what_serves_have_nothing_of_training(extra: str) -> None:
    assert not locked("main", extra) & TRAINING


def test_the_lock_has_one_version_of_each_package() -> None:
    names = [package["name"] for package in tomllib.loads((ROOT / "poetry.lock").read_text("utf-8"))["package"]]
    assert sorted(set(names)) == sorted(names)


def test_mlflow_s_image_can_speak_to_postgresql_and_s3() -> None:
    assert {"mlflow", "psycopg", "psycopg-binary", "boto3"} <= locked("tracking")
    assert "torch" not in locked("tracking")


def test_the_images_install_these_and_end_as_an_unprivileged_user() -> None:
    found = stages()
    for stage, given in (("serving", "--only main --extras serve"), ("tracking", "--only tracking")):
        assert f"install {given} --no-root" in found[stage]["RUN"]
    for stage in ("service", "mlflow", "s3"):
        assert found[stage]["USER"] == "10001:10001"
