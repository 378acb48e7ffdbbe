from pathlib import Path

import pytest

from src.workspace.imported_code import code_digest, modules_in, modules_with_effect

SCRIPT = Path("src/read.py")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A root of code: a script that imports a module, which imports another; and one that nobody imports."""
    files = {
        "src/__init__.py": '"""Nothing."""\n',
        "src/read.py": "import numpy\nfrom src.pens import ink\n\ndef work():\n    import benchmarks.clock\n",
        "src/pens/__init__.py": "",
        "src/pens/ink.py": "from src.paper import SIDE\n",
        "src/paper.py": "SIDE = 28\n",
        "src/unread.py": "SIDE = 29\n",
        "benchmarks/clock.py": "TIME = 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_what_is_imported_is_found_at_any_depth_and_in_functions(code: Path) -> None:
    found = modules_with_effect(SCRIPT, code)
    assert found == {"src/read.py", "src/pens/ink.py", "src/paper.py", "benchmarks/clock.py"}
    assert modules_in(Path("src/pens"), code) == {"src/pens/ink.py"}


@pytest.mark.parametrize("name", ["src/read.py", "src/pens/ink.py", "src/paper.py", "benchmarks/clock.py"])
def test_the_digest_changes_with_what_is_imported(code: Path, name: str) -> None:
    before = code_digest(SCRIPT, root=code)
    (code / name).write_text((code / name).read_text("utf-8") + "# other\n", encoding="utf-8")
    assert code_digest(SCRIPT, root=code) != before


@pytest.mark.parametrize("name", ["src/unread.py", "src/__init__.py"])
def test_the_digest_does_not_change_with_what_is_not_imported_or_says_nothing(code: Path, name: str) -> None:
    before = code_digest(SCRIPT, root=code)
    (code / name).write_text('"""Something else."""\n', encoding="utf-8")
    assert code_digest(SCRIPT, root=code) == before


def test_our_own_code_is_found_wherever_the_command_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path("src/models/finetune.py")
    before = code_digest(script)
    monkeypatch.chdir(tmp_path)
    assert code_digest(script) == before
    assert "src/models/training/loop.py" in modules_with_effect(script)
