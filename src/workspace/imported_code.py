"""Which of our modules a script imports, read from the source without running it, and their digest."""

import ast
from collections.abc import Iterator
from pathlib import Path

from src.common.digests import bytes_digest, file_md5

CODE = Path(__file__).parents[2]
"""Where the code that runs lies; it need not be the working folder."""
_OURS = ("src", "benchmarks")

WITHOUT_EFFECT = {
    "src/common/command.py", "src/common/cores.py", "src/common/digests.py", "src/common/errors.py",
    "src/common/git.py", "src/common/interruption.py", "src/common/printable.py", "src/common/progress.py",
    "src/common/reporting.py", "src/common/yaml_file.py", "src/config/nested.py", "src/config/overrides.py",
    "src/config/params.py", "src/config/paths.py", "src/config/row_needs.py", "src/config/search_params.py",
    "src/config/sections.py",
    "src/models/recording/held_back_rows.py", "src/models/recording/record.py", "src/models/recording/rows_digest.py",
    "src/tasks/emnist_params.py", "src/tracking/description.py", "src/tracking/lineage.py",
    "src/tracking/mlflow_records.py", "src/tracking/mlflow_store.py", "src/tracking/moved_store.py",
    "src/tracking/outbox.py", "src/tracking/run_origin.py", "src/tracking/run_tags.py",
    "src/tracking/store_address.py", "src/tracking/system_metrics.py", "src/tracking/tracking.py",
    "src/workspace/checkpoint.py", "src/workspace/dvc_process.py", "src/workspace/imported_code.py",
    "src/workspace/measurements.py", "src/workspace/pipelines.py", "src/workspace/stage_hashes.py",
}  # fmt: skip
"""Modules that cannot change a byte of a stage's outputs: its params are named leaf by leaf, not by params.py.

A path of paths.py is an output or a dependency that dvc.yaml names itself. cores.py gives the outcomes in their order,
however many processes there are.
"""


def modules_with_effect(script: Path, root: Path = CODE) -> set[str]:
    """Return the script and all modules of ours that it imports, directly or not, as paths from the root."""
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imported(module, root)
    return {path.as_posix() for path in found if not _only_says(root / path)} - WITHOUT_EFFECT


def modules_in(folder: Path, root: Path = CODE) -> set[str]:
    """Return all that a folder holds, but packages' own modules that are no more than a docstring."""
    files = [path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix() for path in files if not _only_says(path)}


def code_digest(*scripts: Path, root: Path = CODE) -> str:
    """Return the SHA-256 of all modules that can change what some scripts do, by their names and content."""
    modules = sorted(set().union(*(modules_with_effect(script, root) for script in scripts)))
    return bytes_digest("".join(f"{name} {file_md5(root / name)}\n" for name in modules).encode())


def _only_says(path: Path) -> bool:
    """Say whether a package's own module is no more than a docstring."""
    return path.name == "__init__.py" and len(ast.parse(path.read_text(encoding="utf-8")).body) < 2


def _imported(module: Path, root: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse((root / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _OURS:
            yield from _files_of(str(node.module), [alias.name for alias in node.names], root)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in _OURS:
                    yield from _files_of(alias.name, [], root)


def _files_of(name: str, members: list[str], root: Path) -> Iterator[Path]:
    folder = Path(*name.split("."))
    if (root / folder.with_suffix(".py")).is_file():
        yield folder.with_suffix(".py")
        return
    yield folder / "__init__.py"
    yield from (folder / f"{member}.py" for member in members if (root / folder / f"{member}.py").is_file())
