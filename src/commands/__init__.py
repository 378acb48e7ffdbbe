"""The command `pysar`: a module a command."""
