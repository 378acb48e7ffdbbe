"""What deploy/ says: compose files with their variables filled in, the commands of the images, and templates."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from src.yaml_file import parse_yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE, TLS = DEPLOY / "compose.yaml", DEPLOY / "compose.tls.yaml"

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?P<kind>:?[-?])?(?P<rest>[^}]*)\})")
_TEMPLATE = re.compile(r"\$\{(\w+)\}")


def variables(path: Path) -> dict[str, str | None]:
    """Return the variables of a file and their defaults; None where one must be given."""
    found = (match for match in _VARIABLE.finditer(path.read_text("utf-8")) if match["name"])
    return {match["name"]: match["rest"] if match["kind"] == ":-" else None for match in found}


def read_compose(settings: Mapping[str, str], *paths: Path) -> dict[str, Any]:
    """Read compose files as Compose does: variables filled in, of later files environment and volumes added."""
    first, *others = [_fill(parse_yaml(path.read_text("utf-8")), settings) for path in paths or (COMPOSE,)]
    for other in others:
        for name, service in other["services"].items():
            first["services"][name]["environment"] |= service.pop("environment", {})
            first["services"][name]["volumes"] += service.pop("volumes", [])
            assert not service, "of others this knows nothing"
    compose: dict[str, Any] = first
    return compose


def raw_compose() -> dict[str, Any]:
    """Return compose.yaml with its variables as they stand there."""
    document = parse_yaml(COMPOSE.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def stages() -> dict[str, dict[str, str]]:
    """Return the instructions of each stage of the Dockerfile; of several of one kind the last."""
    found: dict[str, dict[str, str]] = {}
    stage: dict[str, str] = {}
    for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found.setdefault(name, {"FROM": base})
        elif word.isupper():
            stage[word] = rest
    return found


def bases() -> dict[str, str]:
    """Return the images that the Dockerfile begins with, by their variables."""
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    pairs = (line.removeprefix("ARG ").partition("=")[::2] for line in lines if line.startswith("ARG "))
    return dict(pairs)


def command_of(service: Mapping[str, Any]) -> list[str]:
    """Return what a service runs: its own command, or its image's."""
    if "command" in service:
        return list(service["command"])
    command: list[str] = json.loads(stages()[service["build"]["target"]]["CMD"])
    return command


def render(service: Mapping[str, Any], folder: Path) -> None:
    """Fill in the templates that are mounted into nginx's container, as its entrypoint does."""
    given = service["environment"]
    allowed = {name for name in given if re.search(given["NGINX_ENVSUBST_FILTER"], name)}
    for volume in service["volumes"]:
        source, target, _ = volume.split(":")
        if target.endswith(".template"):
            text = _TEMPLATE.sub(
                lambda match: given[match[1]] if match[1] in allowed else match[0], (DEPLOY / source).read_text("utf-8")
            )
            (folder / Path(target).stem).write_text(text, "utf-8")


def _fill(node: Any, settings: Mapping[str, str]) -> Any:  # noqa: ANN401 - YAML has any type
    if isinstance(node, dict):
        return {key: _fill(value, settings) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, settings) for value in node]
    return _VARIABLE.sub(lambda match: _value(match, settings), node) if isinstance(node, str) else node


def _value(match: re.Match[str], settings: Mapping[str, str]) -> str:
    if match["name"] is None:
        return "$"
    if match["kind"] == ":-":
        return settings.get(match["name"]) or match["rest"]
    return settings[match["name"]]
