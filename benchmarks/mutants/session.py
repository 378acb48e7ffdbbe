"""cosmic-ray on one clone of the repository: it writes each mutant's fault into a file, and asks for the tests."""

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

from benchmarks.mutants.operators import excluded_operators
from src.common.errors import WorkError
from src.workspace.repository import environment

_MUTANT_SECONDS = 120
"""A mutant that takes longer has made something endless, and counts as found."""
_START_SECONDS = 60
_DATABASE = "mutants.sqlite"


class Mutant(NamedTuple):
    """A fault, and whether a test found it.

    line: Of the module, from 1.
    before, after: The changed lines.
    """

    module: str
    line: int
    operator: str
    before: str
    after: str
    survived: bool


class Session:
    """The mutants of some modules of a clone.

    Args:
        clone: A clone of the repository, in which nobody else works.
        modules: From its root.
    """

    def __init__(self, clone: Path, modules: Sequence[Path]) -> None:
        self._clone, self._modules = clone, modules
        self._socket = clone.parent / f"{clone.name}.socket"
        self._config = clone.parent / f"{clone.name}.toml"
        self._database = clone.parent / f"{clone.name}-{_DATABASE}"
        self._ask = ["-S", "-E", str(clone / "benchmarks/mutants/ask.py"), str(self._socket)]

    def run(self) -> list[Mutant]:
        """Make every mutant, and run its tests.

        Raises:
            WorkError: A test fails without any fault, cosmic-ray fails, or could not try a mutant.
        """
        self._write_config()
        self._call("cosmic-ray", "init", self._config, self._database)
        self._call("cr-filter-operators", self._database, self._config)
        with self._server():
            self._check_tests()
            self._call("cosmic-ray", "exec", self._config, self._database)
        with use_db(self._database, WorkDB.Mode.open) as database:
            return [
                _mutant(item.mutations[0], result)
                for item, result in database.completed_work_items
                if result.worker_outcome != WorkerOutcome.SKIPPED
            ]

    def _write_config(self) -> None:
        listed = ", ".join(f'"{module.as_posix()}"' for module in self._modules)
        self._config.write_text(
            f"""[cosmic-ray]
module-path = [{listed}]
timeout = {_MUTANT_SECONDS}
excluded-modules = []
test-command = "{shlex.join([sys.executable, *self._ask])}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = ['{excluded_operators()}']
""",
            encoding="utf-8",
        )

    def _check_tests(self) -> None:
        """Ask for the tests of each module with a comment for a fault: those that fail then would find anything."""
        for module in self._modules:
            path = self._clone / module
            content = path.read_text(encoding="utf-8")
            path.write_text(f"{content}# no fault\n", encoding="utf-8")
            try:
                self._call("python", *self._ask)
            except WorkError:
                raise WorkError(f"{module}: its tests fail without a fault; run them, and mend that first") from None
            finally:
                path.write_text(content, encoding="utf-8")

    def _call(self, program: str, *words: Path | str) -> None:
        command = [str(Path(sys.executable).parent / program), *map(str, words)]
        done = subprocess.run(  # noqa: S603  # our own words
            command, cwd=self._clone, env=environment(self._clone), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise WorkError(f"{program} {words[0]}: {(done.stderr or done.stdout).strip()[-500:]}")

    @contextmanager
    def _server(self) -> Iterator[None]:
        variables = {**environment(self._clone), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "benchmarks.mutants.server", str(self._socket)]
        with subprocess.Popen(command, cwd=self._clone, env=variables) as server:  # noqa: S603  # our own words
            try:
                _wait_for(self._socket, server)
                yield
            finally:
                server.terminate()


def _wait_for(path: Path, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while not path.exists():
        if server.poll() is not None or time.monotonic() > until:
            raise WorkError("the server of benchmarks.mutants does not start; see what it says above")
        time.sleep(0.1)


def _mutant(spec: MutationSpec, result: WorkResult) -> Mutant:
    """Return what became of a mutant.

    Raises:
        WorkError: It could not be tried.
    """
    if result.worker_outcome != WorkerOutcome.NORMAL or result.diff is None:
        raise WorkError(f"{spec.module_path}, line {spec.start_pos[0]}: {(result.output or '')[-300:]}")
    changed = {sign: _lines(result.diff, sign) for sign in "-+"}
    survived = result.test_outcome == TestOutcome.SURVIVED
    operator = spec.operator_name.removeprefix("core/")
    return Mutant(spec.module_path.as_posix(), spec.start_pos[0], operator, changed["-"], changed["+"], survived)


def _lines(diff: str, sign: str) -> str:
    own = (line for line in diff.splitlines() if line.startswith(sign) and not line.startswith(3 * sign))
    return "\n".join(line[1:].strip() for line in own)
