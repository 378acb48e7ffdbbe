"""The reference of the service's HTTP API, from its OpenAPI description."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generators.words import entries, left_table
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource, find_others
from src.serving.settings import Settings

Json = Mapping[str, Any]


def http_part() -> str:
    """Return a section for each operation, and one for each schema that they name."""
    app = create_app(Settings(), FileSource(RELEASED), find_others(Path("/")))
    return describe(app.openapi())


def describe(description: Json) -> str:
    """Return an OpenAPI description in Markdown."""
    operations = [
        _operation(method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [_schema(name, schema) for name, schema in sorted(description["components"]["schemas"].items())]
    return "\n\n".join([*operations, "## Schemas", *schemas])


def _operation(method: str, path: str, operation: Json) -> str:
    parts = [f"## {method.upper()} {path}", operation.get("description", operation.get("summary", ""))]
    if parameters := operation.get("parameters"):
        parts.append("Parameters:")
        parts.append(entries(_parameter(each) for each in parameters))
    if body := operation.get("requestBody"):
        parts.append(f"Body: {', '.join(f'`{kind}`' for kind in body['content'])}.")
    answers = [[status, each["description"], _content(each)] for status, each in operation["responses"].items()]
    parts.append(left_table(["status", "when", "body"], answers))
    return "\n\n".join(part for part in parts if part)


def _parameter(parameter: Json) -> tuple[str, str, str]:
    schema = parameter["schema"]
    told = parameter.get("description", schema.get("description", ""))
    kind = f"{_kind(schema)}, in the {parameter['in']}{', required' if parameter.get('required') else ''}"
    return parameter["name"], told, kind


def _content(answer: Json) -> str:
    return ", ".join(
        f"`{media}`{f': {kind}' if (kind := _kind(each.get('schema', {}))) else ''}"
        for media, each in answer.get("content", {}).items()
    )


def _schema(name: str, schema: Json) -> str:
    required = schema.get("required", [])
    rows = [
        (key, each.get("description", ""), _kind(each) + ("" if key in required else ", may be missing"))
        for key, each in schema.get("properties", {}).items()
    ]
    about = " ".join(str(schema.get("description", "")).split())
    body = entries(rows) if rows else _kind(schema)
    return "\n\n".join(part for part in (f"### {name}", about, body) if part)


def _kind(schema: Json) -> str:
    return " or ".join(dict.fromkeys(_kinds(schema)))


def _kinds(schema: Json) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _kinds(each)
    elif schema.get("type") == "array":
        yield f"list of {_kind(schema.get('items', {}))}"
    elif "type" in schema:
        yield str(schema["type"])
