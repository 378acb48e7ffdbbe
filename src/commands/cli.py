"""The command `pysar`: a group of what people type; the module of a command is imported when it is called."""

from importlib import import_module

import click

from src.common.errors import MissingPackageError, missing_package
from src.common.reporting import ReportingCommand

COMMANDS = {
    "predict": ("src.commands.predict", "Say which letters or digits pictures show."),
    "serve": ("src.commands.serve", "Serve answers over HTTP, with a page to draw on."),
    "review": ("src.commands.review", "Accept or reject the drawings that people gave."),
    "repro": ("src.commands.repro", "Run every stage that is not up to date, and show the results."),
    "results": ("src.commands.results", "Show the table of results of the last run."),
    "published": ("src.commands.published", "Run the published split as an experiment and compare."),
    "tune": ("src.models.tune", "Search better params of a stage on rows held back from training."),
    "crossval": ("src.models.crossval", "Cross-validate over all letters, several times."),
    "promote": ("src.commands.promote", "Make a version of the model the champion, if it is better."),
    "provenance": ("src.commands.provenance", "Show what a version was made of and how to make it again."),
    "export": ("src.commands.export", "Write the model as ONNX, int8 and TorchScript."),
    "release": ("src.commands.release", "Put the pipeline's model into the code."),
    "ui": ("src.commands.ui", "Show the recorded runs in MLflow's web page."),
    "pictures": ("src.results.showcase", "Draw README's picture of what the model reads."),
    "readme": ("src.commands.readme", "Write the measured figures of README and the manual."),
}
"""Of each command: the module with its `main`, and its line in the help."""
SMALL = ("predict", "serve", "review")
"""Commands that work in the small environment."""


class LazyGroup(ReportingCommand, click.Group):
    """A group that lists its commands without importing them: `pysar --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None where there is none of that name.

        Raises:
            ClickException: It needs a package that this environment lacks.
        """
        del ctx
        if cmd_name not in COMMANDS:
            return None
        try:
            command: click.Command = import_module(COMMANDS[cmd_name][0]).main
        except ModuleNotFoundError as error:
            package = missing_package(error)
            if package is None:
                raise
            target = "env-serve" if cmd_name in SMALL else "env"
            raise click.ClickException(str(MissingPackageError(package, target))) from error
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=LazyGroup)
def main() -> None:
    """Pysar reads single handwritten Ukrainian letters and digits."""


if __name__ == "__main__":
    main(prog_name="pysar")
