"""What `make mutants` promises: sensible faults, each module once, and survivors with their reasons."""

import re
from pathlib import Path

from benchmarks.mutants.__main__ import HARMLESS, read_reasons, shares, summarise
from benchmarks.mutants.operators import excluded_operators
from benchmarks.mutants.session import Mutant
from src.workspace.measurements import module_tests, mutated_modules

ROOT = Path(__file__).parents[2]
MODULE = "src/features/labels.py"


def mutant(*, survived: bool, after: str = "a <= b") -> Mutant:
    return Mutant(MODULE, 3, "ReplaceComparisonOperator_Lt_LtE", "a < b", after, survived)


def test_faults_that_die_of_a_type_error_are_not_made() -> None:
    left_out = re.compile(excluded_operators())
    for name in ("BinaryOperator_Mul_LShift", "BinaryOperator_BitOr_Add", "ComparisonOperator_Eq_Is"):
        assert left_out.match(f"core/Replace{name}")
    for name in ("ReplaceBinaryOperator_Add_Sub", "ReplaceComparisonOperator_Lt_LtE", "NumberReplacer", "AddNot"):
        assert not left_out.match(f"core/{name}")


def test_each_module_is_in_one_share() -> None:
    modules = mutated_modules(ROOT)
    parts = shares(modules, 2)
    assert sorted(module for part in parts for module in part) == modules
    assert len(parts) == 2
    assert len(shares(modules[:1], 2)) == 1


def test_every_module_has_tests_and_its_own_come_first() -> None:
    assert all(module_tests(module, ROOT) for module in mutated_modules(ROOT))
    assert module_tests(Path(MODULE), ROOT)[0] == Path("tests/features/test_labels.py")


def test_a_survivor_is_told_with_the_reason_why_it_does_not_matter() -> None:
    reasons = {(MODULE, "a < b", "a <= b"): "they are never equal"}
    found = [mutant(survived=False), mutant(survived=True), mutant(survived=True, after="a > b")]
    summary = summarise(found, reasons)
    assert (summary["mutants"], summary["killed"]) == (3, 1)
    assert summary["modules"] == [{"module": MODULE, "mutants": 3, "killed": 1}]
    assert [each["why"] for each in summary["survivors"]] == ["they are never equal", None]


def test_the_reasons_are_of_modules_that_are_there() -> None:
    assert HARMLESS.is_file()
    assert {module for module, _, _ in read_reasons()} <= {path.as_posix() for path in mutated_modules(ROOT)}
