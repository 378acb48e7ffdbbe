"""What GitHub runs: the same gate as people, with actions that cannot change under us."""

import re
from pathlib import Path
from typing import Any

import pytest

from src.common.yaml_file import parse_yaml

WORKFLOWS = sorted((Path(__file__).parents[1] / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit_and_its_version_is_told(path: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


def test_ci_runs_what_people_run() -> None:
    ci: Any = parse_yaml(next(path for path in WORKFLOWS if path.name == "ci.yml").read_text("utf-8"))
    assert ci["jobs"]["check"]["steps"][-1] == {"run": ".ci/run"}
