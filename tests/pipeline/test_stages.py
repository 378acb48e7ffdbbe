"""What dvc.yaml promises: exact dependencies and exact parameters."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from src.config.params import load_params, read_params
from src.tasks.emnist_params import EmnistParams
from src.workspace.imported_code import WITHOUT_EFFECT, modules_in, modules_with_effect
from tests.default_params import EMNIST_PARAMS, PARAMS

EMNIST = Path("pipelines/emnist")
MAIN: dict[str, dict[str, Any]] = YAML(typ="safe").load(Path("dvc.yaml"))["stages"]
LATIN: dict[str, dict[str, Any]] = YAML(typ="safe").load(EMNIST / "dvc.yaml")["stages"]
STAGES = MAIN | LATIN


def script_of(stage: str) -> Path:
    module = STAGES[stage]["cmd"].split()[2]
    return Path(*module.split(".")).with_suffix(".py")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_found_by_its_name(stage: str) -> None:
    assert script_of(stage).stem == stage


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_its_script_and_the_modules_that_it_imports(stage: str) -> None:
    named = {dep for dep in STAGES[stage]["deps"] if dep.startswith("src/")}
    folders = {dep for dep in named if not dep.endswith(".py")}
    imported = modules_with_effect(script_of(stage))
    covered = {module for module in imported if any(module.startswith(f"{folder}/") for folder in folders)}
    assert named - folders == imported - covered
    assert {path for folder in folders for path in modules_in(Path(folder))} == covered


def params_of(stage: str) -> list[str]:
    """Return the params that a stage reads of its own pipeline."""
    names: list[str] = []
    for name in STAGES[stage].get("params", []):
        names += [name] if isinstance(name, str) else name.get((EMNIST / "params.yaml").as_posix(), [])
    return names


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_names_params_that_exist(stage: str) -> None:
    params = (read_params(EMNIST_PARAMS, EmnistParams) if stage in LATIN else load_params(PARAMS)).model_dump()
    for name in params_of(stage):
        value: Any = params
        for part in name.split("."):
            value = value[part]


def test_no_stage_is_in_both_pipelines_and_all_run_at_the_root() -> None:
    assert not MAIN.keys() & LATIN.keys()
    assert {stage.get("wdir") for stage in LATIN.values()} == {"../.."}


def test_every_param_is_read_by_some_stage() -> None:
    commands = {"crossval", "promote", "tune"}  # what people run between two runs of the pipeline
    for stages, params in ((MAIN, load_params(PARAMS)), (LATIN, read_params(EMNIST_PARAMS, EmnistParams))):
        read = {name for stage in stages for name in params_of(stage)}
        for section, values in params.model_dump(exclude=commands).items():
            for leaf in values:
                assert section in read or f"{section}.{leaf}" in read, f"{section}.{leaf}"


def test_no_stage_imports_another() -> None:
    scripts = {script_of(stage).as_posix() for stage in STAGES}
    for stage in STAGES:
        assert modules_with_effect(script_of(stage)) & scripts == {script_of(stage).as_posix()}


def test_what_is_said_to_have_no_effect_is_there() -> None:
    assert {name for name in WITHOUT_EFFECT if not Path(name).is_file()} == set()


def test_a_metrics_file_holds_the_headline_alone_and_of_the_main_pipeline_only() -> None:
    named = {stage: definition["metrics"] for stage, definition in STAGES.items() if "metrics" in definition}
    assert named == {stage: [f"reports/{stage}/metrics.json"] for stage in ("calibrate", "evaluate")}
    assert not [stage for stage, definition in LATIN.items() if "plots" in definition]


@pytest.mark.parametrize("stage", ["fetch", "fetch_emnist"])
def test_what_draws_the_sample_is_nothing_that_a_download_depends_on(stage: str) -> None:
    modules = modules_with_effect(script_of(stage))
    assert not [module for module in modules if module.startswith(("src/data/writer/", "src/data/sample/"))]


@pytest.mark.parametrize("stage", ["pretrain", "finetune", "calibrate"])
def test_no_training_depends_on_the_rows_of_the_published_split(stage: str) -> None:
    assert "src/data/splitting/published_split.py" not in modules_with_effect(script_of(stage))
