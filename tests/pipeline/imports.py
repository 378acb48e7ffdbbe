"""Which modules of Pysar a stage imports, read from the source without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

WITHOUT_EFFECT = {
    "src/__init__.py", "src/data/__init__.py", "src/features/__init__.py", "src/models/__init__.py",
    "src/allowed_cores.py", "src/command.py", "src/emnist_params.py", "src/errors.py", "src/nested.py", "src/params.py",
    "src/progress.py", "src/row_needs.py", "src/search_params.py", "src/sections.py", "src/yaml_file.py",
    "src/models/checkpoint.py", "src/models/evaluation_record.py", "src/models/interruption.py",
    "src/models/lineage.py", "src/models/mlflow_records.py", "src/models/mlflow_store.py", "src/models/outbox.py",
    "src/models/pipelines.py", "src/models/rows_digest.py", "src/models/store_address.py", "src/models/tracking.py",
    "src/data/transfer_bar.py", "src/models/moved_store.py", "src/git.py", "src/printable.py",
}  # fmt: skip
"""Modules that cannot change a byte of a stage's outputs: its params are named leaf by leaf, not by params.py."""


def modules_with_effect(script: Path) -> set[str]:
    """Return the script and all modules of src that it imports, directly or not, as paths from the root."""
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported(module)
    return {path.as_posix() for path in found} - WITHOUT_EFFECT


def _imported(module: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "src":
            yield from _files_of(str(node.module), [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "src":
                    yield from _files_of(alias.name, [])


def _files_of(name: str, members: list[str]) -> Iterator[Path]:
    folder = Path(*name.split("."))
    if folder.with_suffix(".py").is_file():
        yield folder.with_suffix(".py")
        return
    yield folder / "__init__.py"
    yield from (folder / f"{member}.py" for member in members if (folder / f"{member}.py").is_file())
