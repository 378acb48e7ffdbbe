"""The graph in README is that of dvc.yaml."""

import re
from itertools import pairwise, product
from pathlib import Path, PurePosixPath
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
STAGES: dict[str, dict[str, Any]] = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
GIVEN = {"data/collected/accepted": "accepted"}
"""Data that no stage makes, and its node in the graph."""
_NODE = re.compile(r"^(?P<id>\w+)(\[(?P<words>[^\]]+)\])?$")


def drawn_edges(text: str) -> set[tuple[str, str]]:
    """Return the edges of the Mermaid graph in README's text; a node with a stage's name in brackets is that stage."""
    names: dict[str, str] = {}
    edges = set()
    for line in text.partition("```mermaid\n")[2].partition("```")[0].splitlines()[1:]:
        steps = [[_name(node.strip(), names) for node in step.split("&")] for step in line.split("-->")]
        for before, after in pairwise(steps):
            edges |= set(product(before, after))
    return edges


def _name(node: str, names: dict[str, str]) -> str:
    found = _NODE.match(node)
    assert found, node
    if found["words"] and found["words"].replace("@", "").replace("_", "").isalnum():
        names[found["id"]] = found["words"]
    return names.get(found["id"], found["id"])


def real_edges() -> set[tuple[str, str]]:
    """Return which stage reads what which other stage writes; of a matrix each of its stages counts."""
    stages = {name: stage for stem, stage in STAGES.items() for name, stage in _instances(stem, stage)}
    makers = {out: name for name, stage in stages.items() for out in _paths(stage)} | GIVEN
    found = set()
    for name, stage in stages.items():
        for dep in stage["deps"]:
            path = PurePosixPath(dep)
            found |= {(makers[place.as_posix()], name) for place in (path, *path.parents) if place.as_posix() in makers}
    return found


def _instances(stem: str, stage: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if "matrix" not in stage:
        return [(stem, stage)]
    ((axis, values),) = stage["matrix"].items()
    of_one = YAML(typ="safe")
    text = str(stage)
    return [(f"{stem}@{value}", of_one.load(text.replace(f"${{item.{axis}}}", value))) for value in values]


def _paths(stage: dict[str, Any]) -> list[str]:
    listed = [out for key in ("outs", "metrics", "plots") for out in stage.get(key, [])]
    return [out if isinstance(out, str) else next(iter(out)) for out in listed]


def test_readme_draws_the_pipeline_as_dvc_runs_it() -> None:
    assert drawn_edges((ROOT / "README.md").read_text(encoding="utf-8")) == real_edges()
