"""Break the code that answers depend on, a sign at a time, and see whether the tests notice: `make mutants`.

cosmic-ray writes each fault into a clone of HEAD, one clone for each allowed core. A fault that no test notices is
either one that matters to nobody, and has its reason in harmless.yaml, or it wants a test. Writes
benchmarks/results/mutants.json; fails where fewer die than must.
"""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from benchmarks.mutants.session import Mutant, Session
from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.errors import InputError, WorkError
from src.common.files import write_json
from src.common.git import ask_git
from src.common.yaml_file import parse_yaml
from src.workspace.measurements import mutated_modules, on_disk, revision_of

RESULT = Path("benchmarks/results/mutants.json")
HARMLESS = Path(__file__).parent / "harmless.yaml"
LEAST_KILLED = 0.85


def shares(found: Sequence[Path], count: int) -> list[list[Path]]:
    """Return the modules in so many shares of much the same length, the longest module first."""
    together: list[list[Path]] = [[] for _ in range(count)]
    lengths = [0] * count
    for module in sorted(found, key=lambda path: -path.stat().st_size):
        shortest = lengths.index(min(lengths))
        together[shortest].append(module)
        lengths[shortest] += module.stat().st_size
    return [share for share in together if share]


def try_all(found: Sequence[Path]) -> list[Mutant]:
    """Return what became of every mutant of these modules."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(allowed_cores()) as pool:

        def run(number: int, share: Sequence[Path]) -> list[Mutant]:
            clone = Path(folder) / f"clone-{number}"
            ask_git(Path.cwd(), "clone", "--quiet", ".", str(clone))
            return Session(clone, share).run()

        parts = pool.map(run, *zip(*enumerate(shares(found, allowed_cores())), strict=True))
        return sorted(mutant for part in parts for mutant in part)


def read_reasons() -> dict[tuple[str, str, str], str]:
    """Return why some mutants matter to nobody, by module and the changed lines."""
    document: Any = parse_yaml(HARMLESS.read_text(encoding="utf-8"))
    return {
        (module, change["before"], change["after"]): change["why"]
        for module, changes in (document or {}).items()
        for change in changes
    }


def summarise(mutants: Sequence[Mutant], reasons: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    """Return the counts of each module, and the survivors with their reasons."""
    own: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        own[mutant.module].append(mutant)
    survivors = [mutant for mutant in mutants if mutant.survived]
    return {
        "killed": sum(not mutant.survived for mutant in mutants),
        "mutants": len(mutants),
        "modules": [
            {"module": module, "mutants": len(each), "killed": sum(not mutant.survived for mutant in each)}
            for module, each in own.items()
        ],
        "survivors": [
            {
                "module": each.module, "line": each.line, "operator": each.operator,
                "before": each.before, "after": each.after,
                "why": reasons.get((each.module, each.before, each.after)),
            }
            for each in survivors
        ],
    }  # fmt: skip


@click.command(cls=Command)
@click.argument("names", nargs=-1, type=click.Path(exists=True, path_type=Path))
def main(names: tuple[Path, ...]) -> None:
    """Mutate NAMES, or all modules that answers depend on; only the latter writes the measured file."""
    if ask_git(Path.cwd(), "status", "--porcelain", "--", "src", "tests"):
        raise InputError("src or tests differ from HEAD, of which clones are mutated; commit first")
    summary = summarise(try_all(names or mutated_modules()), read_reasons())
    for survivor in summary["survivors"]:
        if survivor["why"] is None:
            click.echo(f"{survivor['module']}:{survivor['line']}\n- {survivor['before']}\n+ {survivor['after']}")
    share = summary["killed"] / summary["mutants"]
    click.echo(f"{summary['killed']} of {summary['mutants']} mutants die, {100 * share:.1f} %")
    if not names:
        write_json(RESULT, {**summary, "revision": revision_of(RESULT.name, on_disk(Path()))})
    if share < LEAST_KILLED:
        raise WorkError(f"fewer than {100 * LEAST_KILLED:.0f} % die; the survivors above want tests")


if __name__ == "__main__":
    main()
