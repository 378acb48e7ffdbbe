"""What every command shares: logging on stderr, and errors of one line with the right exit status."""

import errno
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.logging import RichHandler

from src.common.errors import InputError, MissingPackageError, PysarError, missing_package
from src.common.printable import printable

_CURES = {
    errno.ENOSPC: "free some space and run the command again",
    errno.EFBIG: "the file is larger than the system's limit allows; raise it (`ulimit -f`) and run the command again",
    errno.EDQUOT: "the quota is used up; free some space and run the command again",
    errno.EACCES: "give yourself permission to that path and run the command again",
    errno.EPERM: "give yourself permission to that path and run the command again",
    errno.EROFS: "that file system is read-only; run in a folder you can write to",
    errno.ENOENT: "run `dvc repro` to make what is missing, or check the path",
}


class Command(click.Command):
    """A click command that reports a user's mistake or failed work in one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; exit with 2 for bad input and 1 for failed work."""
        configure_logging()
        # As stderr does from the start: a terminal that lacks a character is shown its escape.
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")
        with reporting():
            return super().invoke(ctx)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any  # noqa: ANN401 - as click
    ) -> click.Context:
        """Read the words of the command line; `--help` is printed here, where the disk may be full, too."""
        with reporting():
            return super().make_context(info_name, args, parent, **extra)


@contextmanager
def reporting() -> Iterator[None]:
    """End the command with one line where the block fails: with status 2 for bad input and 1 for failed work."""
    try:
        yield
    except PysarError as error:
        _fail(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        package = missing_package(error)
        if package is None:
            raise
        _fail(str(MissingPackageError(package)), 1)
    except BrokenPipeError:  # `pysar … | head`: click knows how to end quietly
        raise
    except OSError as error:
        _fail(_told(error), 1)


def _told(error: OSError) -> str:
    if error.errno == errno.ENOENT and not error.filename:  # of getcwd, which has no path to name
        return "the folder that you are in is gone: change to one that is there and run the command again"
    where = f"{error.filename}: " if error.filename else ""
    cure = _CURES.get(error.errno or 0, "look at the path and run the command again")
    return f"{where}{error.strerror or error}: {cure}"


def check_stdout() -> None:
    """Make sure that answers can be printed.

    Raises:
        InputError: There is no stdout: the caller has closed it.
    """
    if sys.stdout is None:
        raise InputError("standard output is closed; redirect it into a file")


def configure_logging() -> None:
    """Send INFO and above of our own modules to stderr, warnings of libraries too."""
    handler: logging.Handler = logging.StreamHandler()
    line = "%(levelname)s %(message)s"
    if sys.stderr.isatty():  # elsewhere rich would wrap lines at 80 columns
        handler = RichHandler(console=Console(stderr=True), show_path=False, show_time=False, markup=False)
        line = "%(message)s"
    handler.setFormatter(_Printable(line))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("src").setLevel(logging.INFO)
    logging.getLogger("__main__").setLevel(logging.INFO)


class _Printable(logging.Formatter):
    """Shows escapes as such: names of files, and what libraries tell, are others' words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's lines."""
        return printable(super().format(record), lines=True)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"Error: {printable(' '.join(message.splitlines()))}", err=True)
    sys.exit(code)
