"""What every command shares: logging on stderr, and errors of one line with the right exit status."""

import errno
import io
import logging
import sys
from typing import NoReturn

import click
from rich.console import Console
from rich.logging import RichHandler

from src.common.errors import MissingPackageError, PysarError, missing_package
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
        try:
            return super().invoke(ctx)
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
            where = f"{error.filename}: " if error.filename else ""
            cure = _CURES.get(error.errno or 0, "look at the path and run the command again")
            _fail(f"{where}{error.strerror or error}: {cure}", 1)


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
