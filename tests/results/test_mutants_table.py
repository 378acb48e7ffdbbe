"""What a reader of the manual sees of mutants."""

from src.results.documents import Mutants, MutatedModule, Survivor
from src.results.mutants_table import mutants_tables


def test_survivors_without_a_reason_come_first_and_a_sign_of_tables_is_escaped() -> None:
    survivors = [
        Survivor(module="src/a.py", line=1, before="a < b", after="a <= b", why="never equal"),
        Survivor(module="src/b.py", line=2, before="a | b", after="", why=None),
    ]
    module = MutatedModule(module="src/a.py", mutants=10, killed=8)
    shown = mutants_tables(Mutants(mutants=10, killed=8, modules=[module], survivors=survivors))
    assert "| together | 10 | 8 | 80.0 % |" in shown
    rows = shown.splitlines()[-2:]
    assert rows == [
        "| `src/b.py`, line 2 | `a \\| b` | (nothing) |  |",
        "| `src/a.py`, line 1 | `a < b` | `a <= b` | never equal |",
    ]
