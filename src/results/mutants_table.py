"""The table of mutants: how many small faults the tests find, and which they do not."""

from src.common.markdown_table import markdown_table
from src.results.documents import Mutants, Survivor


def mutants_tables(found: Mutants) -> str:
    """Return a table of the modules, and one of the survivors."""
    rows = [
        [f"`{each.module}`", f"{each.mutants:,}", f"{each.killed:,}", f"{100 * each.killed / each.mutants:.0f} %"]
        for each in found.modules
    ]
    total = ["together", f"{found.mutants:,}", f"{found.killed:,}", f"{100 * found.killed / found.mutants:.1f} %"]
    modules = markdown_table(["module", "mutants", "found", "share"], [*rows, total])
    survivors = [
        [f"`{each.module}`, line {each.line}", _code(each.before), _code(each.after), each.why or ""]
        for each in sorted(found.survivors, key=_place)
    ]
    living = markdown_table(["where", "the code", "the mutant", "why it does not matter"], survivors, numbers=False)
    return f"{modules}\n\nThose that no test finds:\n\n{living}"


def _place(survivor: Survivor) -> tuple[bool, str, int]:
    return survivor.why is not None, survivor.module, survivor.line


def _code(lines: str) -> str:
    return " ".join(f"`{line}`" for line in lines.replace("|", "\\|").splitlines() if line) or "(nothing)"
