import re
from pathlib import Path

from ruamel.yaml import YAML

from src.config import paths

ROOT = Path(__file__).parents[2]
_SPELLED = re.compile(r"""["'](data|models|reports)/""")


def test_no_other_module_spells_a_path_of_a_table_model_or_report() -> None:
    modules = [path for folder in ("src", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in modules if _SPELLED.search(path.read_text("utf-8"))] == []


def test_every_table_and_model_is_an_output_of_a_stage() -> None:
    stages = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
    made = {
        next(iter(out)) if isinstance(out, dict) else out for stage in stages.values() for out in stage.get("outs", [])
    }
    named = {path.as_posix() for path in vars(paths).values() if isinstance(path, Path) and path.suffix}
    assert named - made == set()
