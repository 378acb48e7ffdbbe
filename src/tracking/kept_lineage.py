"""What the run of `evaluate` kept of a model's origin, and how far it is that of a git revision."""

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from src.common.yaml_file import parse_yaml
from src.config.nested import flatten
from src.config.params import PARAMS_FILE
from src.workspace.pipelines import MAIN, output_hashes
from src.workspace.revision import Revision

STAGE = "evaluate"

_PARAMS, _PIPELINE = PARAMS_FILE.as_posix(), MAIN.definition.as_posix()


class Lineage(NamedTuple):
    """Documents as they were when `evaluate` ran.

    params: params.yaml.
    pipeline: The stages of dvc.yaml.
    lock: The entries of dvc.lock of the other stages.
    read: The MD5 of each dependency of `evaluate`, by its path.
    """

    params: Mapping[str, Any]
    pipeline: Mapping[str, Any]
    lock: Mapping[str, Any]
    read: Mapping[str, str]

    def outputs(self) -> dict[str, str]:
        """Return the MD5 of each output of the stages before `evaluate`, by its path; they are those of the data."""
        return output_hashes(self.lock)

    def settings(self) -> dict[str, Any]:
        """Return the values in params.yaml that stages read, by their place (`finetune.learning_rate`)."""
        return _settings(self.params, self.pipeline)

    def settings_at(self, revision: Revision) -> dict[str, Any]:
        """Return what `settings` would be with params.yaml as it is at a revision."""
        return _settings(_document(revision, _PARAMS), self.pipeline)

    def strangers(self, revision: Revision) -> list[str]:
        """Return what is neither of the revision nor made by these stages from it: uncommitted, or of another run."""
        stages = _document(revision, _PIPELINE).get("stages", {})
        found = [] if stages == self.pipeline else [_PIPELINE]
        outputs = self.outputs()
        for path, md5 in dict.fromkeys(self._dependencies()):
            if md5 != (outputs[path] if path in outputs else revision.md5(path)):
                found.append(path)
        return [*found, *self._other_values(revision)]

    def _dependencies(self) -> Iterator[tuple[str, str | None]]:
        for stage in self.lock.values():
            for dependency in stage.get("deps", []):
                yield posixpath.normpath(dependency["path"]), dependency.get("md5")
        yield from self.read.items()

    def _other_values(self, revision: Revision) -> Iterator[str]:
        for name, stage in self.lock.items():
            for file, values in stage.get("params", {}).items():
                document = self.params if file == _PARAMS else _document(revision, file)
                yield from (f"{file}: {key} of {name}" for key, value in values.items() if _at(document, key) != value)


def parse_lineage(text: str) -> Lineage:
    """Read lineage.json.

    The entries of stages that dvc.yaml does not have any more are left out.
    """
    document = json.loads(text)
    stages = document["pipeline"]
    lock = {name: entry for name, entry in document["lock"].items() if name.partition("@")[0] in stages}
    return Lineage(document["params"], stages, lock, document["read"])


def _settings(params: Mapping[str, Any], pipeline: Mapping[str, Any]) -> dict[str, Any]:
    read = {name for stage in pipeline.values() for name in stage.get("params", []) if isinstance(name, str)}
    return {
        name: value
        for name, value in flatten(params).items()
        if any(name == section or name.startswith(f"{section}.") for section in read)
    }


def _document(revision: Revision, path: str) -> Mapping[str, Any]:
    return _mapping((revision.read(path) or b"").decode())


def _mapping(text: str) -> Mapping[str, Any]:
    document = parse_yaml(text)
    return document if isinstance(document, Mapping) else {}


def _at(document: Mapping[str, Any], name: str) -> object:
    value: object = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
