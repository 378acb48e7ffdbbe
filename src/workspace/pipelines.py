"""DVC's pipelines in this repository, and their stages; of all of them the stages run at the root."""

import functools
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml.error import YAMLError

from src.common.yaml_file import parse_yaml

_ITEM = re.compile(r"\$\{item\.\w+\}")


class Pipeline(NamedTuple):
    """The folder of a dvc.yaml, its dvc.lock and its params.yaml."""

    folder: Path

    @property
    def definition(self) -> Path:
        """What its stages are."""
        return self.folder / "dvc.yaml"

    @property
    def lock(self) -> Path:
        """What the last run gave."""
        return self.folder / "dvc.lock"

    @property
    def params(self) -> Path:
        """Its params."""
        return self.folder / "params.yaml"

    def stages(self) -> Mapping[str, Any]:
        """Return what is said of each stage; nothing where there is no readable file."""
        return _stages(self.definition)

    def locked(self) -> Mapping[str, Any]:
        """Return what the last run gave of each stage; nothing where there is no readable file."""
        return _stages(self.lock)

    def stage(self, name: str) -> Any:  # noqa: ANN401 - whatever somebody has written
        """Return what is said of a stage, be it one of a matrix of one variable (`train@balanced`); None if nothing."""
        base, _, value = name.partition("@")
        return _filled(self.stages().get(base), value)


MAIN = Pipeline(Path())


def pipeline_of(stage: str) -> Pipeline:
    """Return the pipeline that has a stage of this name: one of pipelines/, or the one at the root."""
    others = (Pipeline(path.parent) for path in sorted(Path("pipelines").glob("*/dvc.yaml")))
    return next((each for each in others if stage.partition("@")[0] in each.stages()), MAIN)


def _stages(path: Path) -> Mapping[str, Any]:
    try:
        document = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return {}  # DVC itself reports a broken file; a stage run by hand may have none
    section = document.get("stages") if isinstance(document, Mapping) else None
    return section if isinstance(section, Mapping) else {}


@functools.lru_cache(maxsize=8)
def _parsed(text: str) -> object:
    """Return what a text says; a stage asks several times, and each takes a tenth of a second."""
    return parse_yaml(text)


def _filled(value: Any, item: str) -> Any:  # noqa: ANN401 - YAML
    if isinstance(value, str):
        return _ITEM.sub(item, value)
    if isinstance(value, Mapping):
        return {_filled(key, item): _filled(each, item) for key, each in value.items()}
    return [_filled(each, item) for each in value] if isinstance(value, list) else value


def output_hashes(locked: Mapping[str, Any]) -> dict[str, str]:
    """Return the MD5 of each output of stages as a dvc.lock has them, by its path from the root."""
    outputs = [output for stage in locked.values() for output in stage.get("outs") or []]
    return {posixpath.normpath(output["path"]): output["md5"] for output in outputs if "md5" in output}


def dependencies(stage: object) -> Iterator[str]:
    """Yield the paths of a stage's dependencies: each is written as a path, or as a mapping whose one key it is."""
    deps = stage.get("deps") if isinstance(stage, Mapping) else None
    for dependency in deps or []:
        paths = dependency if isinstance(dependency, Mapping) else [dependency]
        yield from (posixpath.normpath(str(path)) for path in paths)
