"""`make env` and `make env-serve`: real make, venv and pip; Poetry is a tiny wheel that tells how it was called."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
POETRY = """\
import json, os, pathlib, sys
called = {"arguments": sys.argv[1:], "variables": dict(os.environ)}
pathlib.Path("called.json").write_text(json.dumps(called), encoding="utf-8")
pathlib.Path(os.environ["VIRTUAL_ENV"], "bin/pysar").write_text("#!/somewhere/python\\n", encoding="utf-8")
"""


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    about = f"{name}-{version}.dist-info"
    members = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{member},,\n" for member in [*members, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for member, content in {**members, f"{about}/RECORD": record}.items():
            wheel.writestr(member, content)


class Project:
    """A folder with our Makefile, and an index that has what it asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "писар", folder / "home"
        wheels = folder / "wheels"
        self.variables = {
            "PATH": f"{Path(sys.base_prefix, 'bin')}:/usr/bin:/bin", "HOME": str(self.home),
            "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels),
        }  # fmt: skip
        if not self.folder.exists():
            self.folder.mkdir()
            (self.home / ".config/pip").mkdir(parents=True)
            shutil.copy(ROOT / "Makefile", self.folder)
            for name in ("poetry.lock", "pyproject.toml"):
                (self.folder / name).touch()
            write_wheel(wheels, "poetry", "2.5.1", {"poetry/__init__.py": "", "poetry/__main__.py": POETRY})
            write_wheel(wheels, "poetry_plugin_pypi_mirror", "0.6.5", {"mirror.py": ""})

    def make(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["make", *arguments], cwd=self.folder, env={**self.variables, **variables}, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def make_env(self, **variables: str) -> dict[str, str]:
        """Make the environment and return the variables that Poetry was called with."""
        done = self.make("env", **variables)
        assert done.returncode == 0, done.stderr
        arguments, seen = self.called()
        assert arguments[0] == "sync"
        return seen

    def called(self) -> tuple[list[str], dict[str, str]]:
        """Return the arguments and the variables that Poetry was last called with."""
        called = json.loads((self.folder / "called.json").read_text(encoding="utf-8"))
        return called["arguments"], called["variables"]

    def called_again(self, target: str = "env") -> bool:
        (self.folder / "called.json").unlink(missing_ok=True)
        done = self.make(target)
        assert done.returncode == 0, done.stderr
        return (self.folder / "called.json").exists()


PIP = {"user": "true", "target": "/nowhere", "prefix": "/nowhere", "require-virtualenv": "true", "dry-run": "true"}
"""Settings that would put Poetry elsewhere, or nowhere."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make environments where pip.conf is hostile."""
    project = Project(tmp_path_factory.mktemp("made"))
    settings = "".join(f"{name} = {value}\n" for name, value in PIP.items())
    (project.home / ".config/pip/pip.conf").write_text(f"[global]\n{settings}", encoding="utf-8")
    project.make_env()
    return project.folder.parent


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Project:
    """The same, to be harmed."""
    shutil.copytree(made, tmp_path / "copy", symlinks=True)
    return Project(tmp_path / "copy")


def has_poetry(project: Project) -> bool:
    return any(project.folder.glob(".poetry/lib/python3*/site-packages/poetry/__main__.py"))


def test_a_pip_conf_puts_poetry_nowhere_else_and_what_is_made_stays(project: Project) -> None:
    assert has_poetry(project)
    assert not project.called_again()


def test_pips_variables_put_poetry_nowhere_else(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.make_env(**{f"PIP_{name.upper().replace('-', '_')}": value for name, value in PIP.items()})
    assert has_poetry(project)


def test_what_poetry_and_python_are_set_to_changes_nothing(project: Project) -> None:
    given = {
        "POETRY_VIRTUALENVS_CREATE": "false", "POETRY_VIRTUALENVS_PATH": "/nowhere", "POETRY_ACTIVE": "1",
        "POETRY_INSTALLER_NO_BINARY": ":all:", "VIRTUAL_ENV": "/nowhere", "CONDA_PREFIX": "/nowhere",
        "CONDA_DEFAULT_ENV": "base", "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "PYTHONSAFEPATH": "1",
    }  # fmt: skip
    os.utime(project.folder / "poetry.lock")
    seen = project.make_env(**given, POETRY_HTTP_BASIC_OURS_PASSWORD="secret")  # noqa: S106  # of nothing
    ours = {"VIRTUAL_ENV": project.folder / ".venv", "POETRY_VIRTUALENVS_PATH": project.folder / ".poetry"}
    assert {name: seen[name] for name in given if name in seen} == {name: str(path) for name, path in ours.items()}
    assert seen["POETRY_HTTP_BASIC_OURS_PASSWORD"] == "secret"  # noqa: S105


def breaks_by_a_dangling_link(environment: Path) -> None:
    (environment / "bin/python").unlink()
    (environment / "bin/python").symlink_to("/gone/python3.11")


def breaks_by_another_version(environment: Path) -> None:
    (library,) = environment.glob("lib/python3*")
    library.rename(library.with_name("python3.9"))


@pytest.mark.parametrize("harm", [breaks_by_a_dangling_link, breaks_by_another_version])
@pytest.mark.parametrize("which", [".venv", ".poetry"])
def test_an_environment_whose_python_was_replaced_is_made_anew(
    project: Project, harm: Callable[[Path], None], which: str
) -> None:
    harm(project.folder / which)
    os.utime(project.folder / "poetry.lock")  # .poetry is looked at when it is needed
    assert project.called_again()
    for environment in (".venv", ".poetry"):
        done = subprocess.run([project.folder / environment / "bin/python", "-c", ""], check=False)
        assert done.returncode == 0
    assert not project.called_again()


def test_a_replaced_python_is_seen_though_nothing_else_has_changed(project: Project) -> None:
    breaks_by_a_dangling_link(project.folder / ".venv")
    assert project.called_again()


def other_python(folder: Path, name: str, version: str) -> Path:
    """Write a program that says to be another version, as far as it is asked here."""
    path = folder / name
    folder.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "Python {version}" && exit 0\nexit 1\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def tools_without_python(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for tool in ("make", "sh", "env", "rm", "mv", "touch", "sed", "nproc", "dirname", "tail", "awk"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def test_a_python_of_a_version_that_is_not_for_us_is_said(tmp_path: Path) -> None:
    project = Project(tmp_path)
    bin_ = tools_without_python(tmp_path / "bin")
    other_python(bin_, "python3", "3.13.1")
    done = project.make("env", PATH=str(bin_))
    assert done.returncode == 2
    wanted = "Error: Python 3.11 or 3.12 is needed, and python3 is Python 3.13.1: install one"
    assert wanted in done.stderr
    assert "make env PYTHON=" in done.stderr
    named = project.make("env", f"PYTHON={other_python(tmp_path / 'named', 'python3.13', '3.13.2')}")
    assert named.returncode == 2
    assert "python3.13 is Python 3.13.2" in named.stderr
    assert not (project.folder / ".venv").exists()


def test_a_name_that_does_not_run_is_passed_over(project: Project, tmp_path: Path) -> None:
    other_python(tmp_path / "shims", "python3.11", "3.11")  # as pyenv's, where that version is not chosen
    os.utime(project.folder / "poetry.lock")
    shutil.rmtree(project.folder / ".venv")
    project.make_env(PATH=f"{tmp_path / 'shims'}:{project.variables['PATH']}")


def test_the_activated_environment_can_be_made_anew(project: Project) -> None:
    (project.folder / ".venv/.installing").touch()
    os.utime(project.folder / "poetry.lock")
    project.make_env(PATH=f"{project.folder / '.venv/bin'}:{project.variables['PATH']}")
    assert (project.folder / ".venv/.installed").exists()


def test_the_whole_environment_has_every_extra(project: Project) -> None:
    os.utime(project.folder / "poetry.lock")
    seen = project.make_env()
    arguments, _ = project.called()
    assert "--all-extras" in arguments
    assert seen["VIRTUAL_ENV"] == str(project.folder / ".venv")


def test_the_small_environment_stands_beside_the_other(project: Project) -> None:
    assert project.called_again("env-serve")
    arguments, seen = project.called()
    assert arguments == ["sync", "--no-interaction", "--only", "main", "--extras", "serve"]
    assert seen["VIRTUAL_ENV"] == str(project.folder / ".venv-serve")
    assert not project.called_again("env-serve")
    assert not project.called_again("env")


def test_a_small_environment_that_breaks_is_made_anew_and_the_other_stays(project: Project) -> None:
    assert project.called_again("env-serve")
    breaks_by_a_dangling_link(project.folder / ".venv-serve")
    assert not project.called_again("env")
    assert project.called_again("env-serve")
    assert not project.called_again("env-serve")


def test_a_service_needs_the_small_environment_only(tmp_path: Path) -> None:
    project = Project(tmp_path)
    service = "import sys; open('served', 'w').write(sys.prefix)"
    (project.folder / "src/commands").mkdir(parents=True)
    (project.folder / "src/commands/cli.py").write_text(service, encoding="utf-8")
    done = project.make("serve")
    assert done.returncode == 0, done.stderr
    assert (project.folder / "served").read_text(encoding="utf-8") == str(project.folder / ".venv-serve")
    assert not (project.folder / ".venv").exists()
