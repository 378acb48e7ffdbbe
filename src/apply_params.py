"""New values into params.yaml, with its comments and its order kept."""

import difflib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from src.files import write_text
from src.params import PARAMS_FILE, Params, read_params


def apply_values(values: Mapping[str, int | float], path: Path = PARAMS_FILE) -> str:
    """Write numbers to their places (`finetune.learning_rate`) in a params file; return the change as a unified diff.

    Lines of other values stay as they are, byte for byte.

    Raises:
        InputError: The file is no valid params file.
        KeyError: There is no number at one of the places.
        ValidationError: A value is out of range.
    """
    read_params(path, Params).with_values(values)
    before = path.read_text(encoding="utf-8")
    after = _replace(before, values)
    write_text(path, after)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path.name}", f"b/{path.name}"
    )
    return "".join(lines)


def _replace(text: str, values: Mapping[str, int | float]) -> str:
    """Put each value in the line where ruamel found the old one: its writer would set indents and blanks anew."""
    document: Any = YAML().load(text)
    lines = text.splitlines(keepends=True)
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


def _written(value: float) -> str:
    stream = io.StringIO()
    yaml = YAML()
    yaml.dump([value], stream)
    return stream.getvalue().removeprefix("- ").strip()
