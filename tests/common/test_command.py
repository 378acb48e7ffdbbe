import errno
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from src.common.command import Command
from src.common.errors import InputError, WorkError
from src.common.files import write_text

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in (None, "src", "__main__")]
    before = [(list(logger.handlers), logger.level) for logger in loggers]
    yield
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)


def run(body: Callable[[], None], *arguments: str) -> Result:
    return CliRunner().invoke(click.command(cls=Command)(body), arguments)


def failing_with(error: Exception) -> Result:
    def main() -> None:
        raise error

    return run(main)


def run_in_a_shell(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    program = f"import click\nfrom pathlib import Path\nfrom src.common.command import Command\n{script}\nmain()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_success_says_nothing_of_its_own_and_exits_with_0() -> None:
    result = run(lambda: click.echo("answer"))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "answer\n", "")


def test_bad_input_is_one_line_and_exit_status_2() -> None:
    result = failing_with(InputError("params.yaml: data.sorce: unknown key; correct its spelling or remove it"))
    line = "Error: params.yaml: data.sorce: unknown key; correct its spelling or remove it\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line)


def test_a_package_that_is_missed_late_is_one_line_and_exit_status_1() -> None:
    result = failing_with(ModuleNotFoundError("No module named 'mlflow.artifacts'", name="mlflow.artifacts"))
    line = "mlflow is not installed in this environment; `make env` makes one that has it: .venv/bin/pysar"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"Error: {line}\n")


def test_a_module_of_ours_that_is_missing_is_a_mistake_of_ours() -> None:
    error = ModuleNotFoundError("No module named 'src.nothing'", name="src.nothing")
    assert failing_with(error).exception is error


def test_failed_work_is_one_line_and_exit_status_1() -> None:
    result = failing_with(WorkError("no answer from upstream; run it again"))
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "Error: no answer from upstream; run it again\n")


def test_a_message_of_several_lines_is_shown_as_one() -> None:
    assert failing_with(InputError("first\nsecond")).stderr == "Error: first second\n"


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EACCES, "permission"),
        (errno.EROFS, "read-only"),
        (errno.ENOENT, "dvc repro"),
        (errno.EIO, "run the command again"),
    ],
)
def test_an_error_of_the_system_names_the_path_and_the_cure(number: int, cure: str) -> None:
    result = failing_with(OSError(number, os.strerror(number), "data/interim/glyphs.parquet"))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: data/interim/glyphs.parquet: {os.strerror(number)}: ")
    assert cure in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_error_of_the_system_without_number_or_path_is_still_one_line() -> None:
    result = failing_with(OSError("cannot identify image file"))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: cannot identify image file: ")
    assert result.stderr.count("\n") == 1


def test_a_wrong_option_is_shown_with_its_usage_and_exit_status_2() -> None:
    result = run(lambda: None, "--no-such-option")
    assert result.exit_code == 2
    assert "No such option" in result.stderr


def test_a_full_disk_is_reported_with_path_and_cure_by_a_real_command(tmp_path: Path) -> None:
    script = """
from src.common.files import replace_file
@click.command(cls=Command)
@click.argument("path", type=Path)
def main(path: Path) -> None:
    with replace_file(path) as temporary:
        temporary.symlink_to("/dev/full")
        temporary.write_text("new")
"""
    path = tmp_path / "metrics.json"
    finished = run_in_a_shell(script, str(path))
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"Error: {path}: No space left on device: free some space")
    assert finished.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@contextmanager
def without_roots_rights() -> Iterator[None]:
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_folder_without_write_permission_is_reported_with_path_and_cure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        path = Path(folder) / "metrics.json"
        with without_roots_rights():
            result = run(lambda: write_text(path, "{}"))
        Path(folder).chmod(0o755)
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {path}: Permission denied: give yourself permission to that path and run the command again\n"
    )


def test_a_reader_that_closes_early_gets_no_error_message() -> None:
    program = """
import click
from src.common.command import Command
@click.command(cls=Command)
def main() -> None:
    for number in range(100_000):
        click.echo(number)
main()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_programming_error_is_not_hidden() -> None:
    assert isinstance(failing_with(KeyError("label")).exception, KeyError)


def test_our_own_information_and_warnings_of_libraries_go_to_stderr() -> None:
    script = """
import logging
@click.command(cls=Command)
def main() -> None:
    logging.getLogger("src.data.clean").info("ours")
    logging.getLogger("library").info("chatter")
    logging.getLogger("library").warning("[bold]careful[/bold]")
    click.echo("answer")
"""
    finished = run_in_a_shell(script)
    assert finished.stdout == "answer\n"
    assert "ours" in finished.stderr
    assert "[bold]careful[/bold]" in finished.stderr
    assert "chatter" not in finished.stderr


def test_escapes_in_a_message_do_not_reach_the_terminal() -> None:
    result = failing_with(InputError("a\x1b[2J\u202e.png: no picture"))
    assert result.stderr == "Error: a\\x1b[2J\\u202e.png: no picture\n"


def test_escapes_in_a_log_line_do_not_reach_the_terminal() -> None:
    result = run(lambda: logging.getLogger("src.any").warning("%s: left out", "a\x1b]52;c;cm0=\x07.png"))
    assert result.stderr == "WARNING a\\x1b]52;c;cm0=\\x07.png: left out\n"


def test_a_terminal_that_lacks_a_character_is_shown_its_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "iso-8859-1")
    script = "@click.command(cls=Command)\ndef main():\n    click.echo('\u0436 \u2588')\n"
    done = run_in_a_shell(script)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\\u0436 \\u2588\n"


@pytest.mark.parametrize("words", [["--help"], ["predict", "--help"], ["review", "--help"]])
def test_help_that_cannot_be_printed_is_one_line(words: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "src.commands.cli", *words]
        done = subprocess.run(
            command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "Error: No space left on device: free some space and run the command again\n"


def test_a_folder_that_is_gone_is_said_to_be_the_one_the_caller_is_in(tmp_path: Path) -> None:
    script = f"@click.command(cls=Command)\ndef main():\n  Path({str(tmp_path / 'a')!r}).rmdir()\n  Path.cwd()"
    (tmp_path / "a").mkdir()
    done = run_in_a_shell(f"import os; os.chdir({str(tmp_path / 'a')!r})\n{script}")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the folder that you are in is gone: ")
