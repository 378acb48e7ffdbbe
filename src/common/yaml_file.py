"""YAML 1.2 files, read as DVC reads them: `1e-4` is a number, not a string."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from src.common.errors import InputError


def read_yaml(path: Path, cure: str) -> object:
    """Read a YAML file.

    Args:
        path: The file.
        cure: What to do where there is none, for the message.

    Raises:
        InputError: The file is missing or is not YAML.
    """
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {cure}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None


def parse_yaml(text: str) -> object:
    """Read a YAML text; raises ruamel's YAMLError where it is none."""
    return YAML(typ="safe", pure=True).load(text)
