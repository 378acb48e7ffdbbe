"""What deploy/ says: compose files with their variables filled in, the Dockerfile's stages, and templates."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.make_env import make_settings
from deploy.pin_images import IMAGES
from src.common.yaml_file import parse_yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE, TLS = DEPLOY / "compose.yaml", DEPLOY / "compose.tls.yaml"
SECRETS = "/run/secrets"
"""Where an engine mounts them."""

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?P<kind>:?[-?])?(?P<rest>[^}]*)\})")
_TEMPLATE = re.compile(r"\$\{(\w+)\}")


def all_settings(host: str | None = None) -> dict[str, str]:
    """Return what deploy/.env holds once both have been made; the digests are of no image."""
    return make_settings(host) | {name: f"{image}@sha256:{'0' * 64}" for name, image in IMAGES.items()}


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
            first["services"][name].setdefault("volumes", []).extend(service.pop("volumes", []))
            assert not service, "of others this knows nothing"
    compose: dict[str, Any] = first
    return compose


def instructions() -> dict[str, list[tuple[str, str]]]:
    """Return the instructions of each stage of the Dockerfile, in their order; those before the first are of ""."""
    found: dict[str, list[tuple[str, str]]] = {"": []}
    stage = found[""]
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found.setdefault(name, [("FROM", base)])
        elif word.isupper():
            stage.append((word, rest))
    return found


def stages() -> dict[str, dict[str, str]]:
    """Return the instructions of each stage of the Dockerfile; of several of one kind the last."""
    return {name: dict(pairs) for name, pairs in instructions().items() if name}


def command_of(service: Mapping[str, Any]) -> list[str]:
    """Return what a service runs: its own command, or its image's."""
    if "command" in service:
        return list(service["command"])
    command: list[str] = json.loads(stages()[service["build"]["target"]]["CMD"])
    return command


def image_environment(service: Mapping[str, Any]) -> dict[str, str]:
    """Return what the image sets of the program's own variables."""
    pairs = (word.partition("=") for word in stages()[service["build"]["target"]].get("ENV", "").split())
    return {name: value for name, _, value in pairs}


def checks_of(service: Mapping[str, Any]) -> tuple[int, str, str]:
    """Return what `health` is told: after how many failures a container ends, and the commands READY and LIVE."""
    kind, program, times, ready, *live = service["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "health")
    return int(times), ready, live[0] if live else ready


def render(service: Mapping[str, Any], folder: Path) -> None:
    """Fill in nginx's templates, as the entrypoint of its image does."""
    given = service["environment"]
    allowed = {name for name in given if re.search(given["NGINX_ENVSUBST_FILTER"], name)}
    for template in (DEPLOY / "nginx").glob("*.template"):
        text = _TEMPLATE.sub(
            lambda match: given[match[1]] if match[1] in allowed else match[0], template.read_text("utf-8")
        )
        (folder / template.stem).write_text(text, "utf-8")


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
