"""How a command ends that fails: with one line and a status."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

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


class ReportingCommand(click.Command):
    """Reports errors while the command line is read, too: `--help` is printed then, and the disk may be full."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - as click
    ) -> click.Context:
        """Read the words of the command line."""
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


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"Error: {printable(' '.join(message.splitlines()))}", err=True)
    sys.exit(code)
