"""The two ways a command ends badly; both are shown as one line, never as a traceback."""

from importlib.util import find_spec


class PysarError(Exception):
    """Say in one line what is wrong, where, and what to do."""

    exit_code = 1


class InputError(PysarError):
    """What the user gave (arguments, params, data, models) cannot be used: exit status 2."""

    exit_code = 2


class WorkError(PysarError):
    """The input was fine and the work failed (network, disk, a broken download): exit status 1."""


class MissingPackageError(WorkError):
    """The environment is one for reading and serving, or not even that.

    Args:
        package: What was to be imported.
        target: The target of make whose environment has it.
    """

    def __init__(self, package: str, target: str = "env") -> None:
        folder = {"env": ".venv", "env-serve": ".venv-serve"}[target]
        super().__init__(
            f"{package} is not installed in this environment; `make {target}` makes one that has it: {folder}/bin/pysar"
        )


def check_installed(package: str) -> None:
    """Make sure that a package is there, before a program of it is started.

    Raises:
        MissingPackageError: It is not.
    """
    if find_spec(package) is None:
        raise MissingPackageError(package)


def missing_package(error: ModuleNotFoundError) -> str | None:
    """Return which package an import did not find; None where it is a module of ours, which is a mistake of ours."""
    package = (error.name or "").partition(".")[0]
    return package if package not in {"", "src"} else None
