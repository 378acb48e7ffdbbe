"""The two ways a command ends badly; both are shown as one line, never as a traceback."""


class PysarError(Exception):
    """Say in one line what is wrong, where, and what to do."""

    exit_code = 1


class InputError(PysarError):
    """What the user gave (arguments, params, data, models) cannot be used: exit status 2."""

    exit_code = 2


class WorkError(PysarError):
    """The input was fine and the work failed (network, disk, a broken download): exit status 1."""
