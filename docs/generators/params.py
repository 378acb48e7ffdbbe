"""The reference of params.yaml and of the service's settings, from their models and those models' docstrings."""

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from sphinx.pycode import ModuleAnalyzer

from docs.generators.words import entries, items
from src.config.params import PARAMS_FILE, Params, read_params
from src.config.search_params import Knob
from src.config.sections import Strict
from src.serving.settings import Settings
from src.tasks.emnist_params import PARAMS_FILE as EMNIST_FILE
from src.tasks.emnist_params import EmnistParams

ROOT = Path(__file__).parents[2]
_BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
_TYPES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}


def params_part() -> str:
    """Return a section for each section of both files of params."""
    ours, latin = read_params(ROOT / PARAMS_FILE, Params), read_params(ROOT / EMNIST_FILE, EmnistParams)
    knobs = f"## A knob of a study\n\n{meaning_of(Knob)}\n\n{_list(Knob, None, '')}"
    alike = {name for name in EmnistParams.model_fields if type(getattr(latin, name)) is type(getattr(ours, name, 0))}
    own = [name for name in EmnistParams.model_fields if name not in alike]
    return "\n\n".join([*_sections(ours, list(Params.model_fields)), knobs, f"## {EMNIST_FILE.as_posix()}",
                        "The sections that it shares with params.yaml mean the same.",
                        *_sections(latin, own, depth=3)])  # fmt: skip


def settings_part() -> str:
    """Return the table of the service's settings."""
    said = dict(items(meaning_of(Settings).splitlines()))
    rows = []
    for name, field in Settings.model_fields.items():
        told = next(words for names, words in said.items() if name in names.split(", "))
        default = "" if field.default is PydanticUndefined else _shown(field.default)
        rows.append((f"PYSAR_SERVE_{name.upper()}", told, f"{default} by default"))
    return entries(rows)


def meaning_of(kind: type[BaseModel]) -> str:
    """Return a model's docstring."""
    return cleandoc(kind.__doc__ or "")


def field_docs(kind: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings below its fields, and below those that it inherits, say.

    Raises:
        ValueError: A field has none.
    """
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, Strict) and base is not Strict:
            documented = ModuleAnalyzer.for_module(base.__module__).find_attr_docs()
            found |= {name: " ".join(lines).strip() for (owner, name), lines in documented.items()
                      if owner == base.__name__}  # fmt: skip
    missing = sorted(kind.model_fields.keys() - found.keys())
    if missing:
        raise ValueError(f"{kind.__module__}.{kind.__name__}: no docstring below {', '.join(missing)}; write one")
    return found


def _sections(params: BaseModel, names: list[str], depth: int = 2) -> Iterator[str]:
    for name in names:
        section = getattr(params, name)
        yield f"{'#' * depth} {name}\n\n{meaning_of(type(section))}\n\n{_list(type(section), section, f'{name}.')}"


def _list(kind: type[BaseModel], values: BaseModel | None, prefix: str) -> str:
    return entries(_rows(kind, values, prefix))


def _rows(kind: type[BaseModel], values: BaseModel | None, prefix: str) -> Iterator[tuple[str, str, str]]:
    schemas, docs = kind.model_json_schema(), field_docs(kind)
    for name, field in kind.model_fields.items():
        value = getattr(values, name) if values is not None else None
        if isinstance(value, Strict):
            yield from _rows(type(value), value, f"{prefix}{name}.")
            continue
        said = describe(schemas["properties"][name], get_args(field.annotation))
        yield f"{prefix}{name}", docs[name], said if values is None else f"{said}; now {_shown(value)}"


def describe(schema: Mapping[str, Any], members: tuple[Any, ...] = ()) -> str:
    """Return what a field of some JSON schema may hold, in words."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or nothing".join(describe(each, members) for each in schema["anyOf"] if each.get("type") != "null") + (
            " or nothing" if any(each.get("type") == "null" for each in schema["anyOf"]) else ""
        )
    if schema.get("type") == "array":
        return f"list of {describe(schema['items'])}"
    if "$ref" in schema or schema.get("type") == "object":
        return "section"
    bounds = [words.format(f"{schema[key]:,}") for key, words in _BOUNDS.items() if key in schema]
    return ", ".join([_TYPES[schema["type"]], *bounds])


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{len(value)} knobs"
    if isinstance(value, list | tuple):
        return ", ".join(f"`{each}`" for each in value)
    if isinstance(value, frozenset) and not value:
        return "none"
    return f"`{value}`"
