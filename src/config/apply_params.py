"""New values into params.yaml, with its comments and its order kept."""

import difflib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from src.common.files import write_text
from src.config.params import PARAMS_FILE, Params, read_params

_LINE_ENDS = re.compile("(?<=[\\n\\x85\\u2028\\u2029])|(?<=\\r)(?!\\n)")
"""As ruamel counts lines; `splitlines` knows some more."""


def apply_values(values: Mapping[str, int | float], path: Path = PARAMS_FILE) -> str:
    """Write numbers to their places (`finetune.learning_rate`) in a params file; return the change as a unified diff.

    All else stays as it is, byte for byte, ends of lines included.

    Raises:
        InputError: The file is no valid params file.
        KeyError: There is no number at one of the places.
        ValidationError: A value is out of range.
    """
    read_params(path, Params).with_values(values)
    before = path.read_bytes().decode("utf-8")  # read_text would turn CRLF into LF
    after = replace_values(before, values)
    write_text(path, after)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path.name}", f"b/{path.name}"
    )
    return "".join(lines)


def replace_values(text: str, values: Mapping[str, int | float | str]) -> str:
    """Put each value in the line where ruamel found the old one: its writer would set indents and blanks anew.

    Raises:
        KeyError: There is nothing at one of the places.
    """
    document: Any = YAML().load(text)
    lines = _LINE_ENDS.split(text)
    for name, value in values.items():
        *folders, leaf = name.split(".")
        inner = document
        for folder in folders:
            inner = inner[folder]
        row, column = inner.lc.value(leaf)
        line = lines[row]
        old = line[column:].split("#")[0].split(",")[0].split("}")[0].rstrip()
        lines[row] = line[:column] + _written(value) + line[column + len(old) :]
    return "".join(lines)


def _written(value: float | str) -> str:
    stream = io.StringIO()
    yaml = YAML()
    yaml.dump([value], stream)
    return stream.getvalue().removeprefix("- ").strip()
