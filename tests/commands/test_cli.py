import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from src.commands.cli import COMMANDS, main
from src.common.command import Command

ROOT = Path(__file__).parents[2]
ANYWHERE = {"predict", "serve", "review"}
"""Commands that work outside the repository, with the released model."""
ARGUMENTS = {"export": ("folder",)}


def test_the_help_lists_every_command_in_one_line_each() -> None:
    lines = CliRunner().invoke(main, ["--help"]).stdout.splitlines()
    listed = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    assert listed == list(COMMANDS)


def test_the_help_imports_no_command() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from src.commands.cli import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        "print({name.split('.')[0] for name in sys.modules} & {'numpy', 'pydantic', 'dvc', 'mlflow', 'torch', 'rich'})"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_ends_in_one_line_on_errors(name: str) -> None:
    command = import_module(COMMANDS[name][0]).main
    assert isinstance(command, Command)
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"Usage: main {name}" in result.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ANYWHERE])
def test_outside_the_repository_every_command_says_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [name, *ARGUMENTS.get(name, ())])
    assert result.exit_code == 2
    assert result.stderr == f"Error: {tmp_path}: no dvc.yaml here or above; run the command inside the repository\n"


def test_an_unknown_command_is_named() -> None:
    result = CliRunner().invoke(main, ["rerpo"])
    assert result.exit_code == 2
    assert "No such command 'rerpo'" in result.stderr


@pytest.mark.parametrize(
    ("name", "package", "cure"),
    [
        ("tune", "torch", "`make env` makes one that has it: .venv/bin/pysar"),
        ("serve", "fastapi", "`make env-serve` makes one that has it: .venv-serve/bin/pysar"),
        ("repro", "dvc", "`make env` makes one that has it: .venv/bin/pysar"),
        ("ui", "mlflow", "`make env` makes one that has it: .venv/bin/pysar"),
    ],
)
def test_a_command_whose_package_is_missing_says_what_to_install(name: str, package: str, cure: str) -> None:
    script = f"import sys; sys.modules[{package!r}] = None; from src.commands.cli import main; main([{name!r}])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Error: {package} is not installed in this environment; {cure}\n"


def test_make_help_names_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = {line.split()[1] for line in done.stdout.splitlines()}
    assert targets >= {"repro", "test", "lint", "types", "ui", "help", "published", "readme", "pictures"}
    assert all(len(line.split()) > 2 for line in done.stdout.splitlines())


def test_the_group_is_what_pyproject_installs() -> None:
    assert 'pysar = "src.commands.cli:main"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert isinstance(main, click.Group)
