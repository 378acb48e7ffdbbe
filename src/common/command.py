"""What every command shares: logging on stderr, and errors of one line with the right exit status."""

import io
import logging
import sys

import click
from rich.console import Console
from rich.logging import RichHandler

from src.common.printable import printable
from src.common.reporting import ReportingCommand, reporting


class Command(ReportingCommand):
    """A click command that reports a user's mistake or failed work in one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; exit with 2 for bad input and 1 for failed work."""
        configure_logging()
        # As stderr does from the start: a terminal that lacks a character is shown its escape.
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")
        with reporting():
            return super().invoke(ctx)


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
