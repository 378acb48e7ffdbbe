"""What a reader of the manual may rely on: its reference names all that the code has."""

import pytest

from docs.generators import MARK, PARTS, fill_in
from docs.generators.corpora import corpora_part
from docs.generators.http import describe
from docs.generators.params import describe as describe_field
from docs.generators.params import field_docs, params_part, settings_part
from docs.generators.table import table_part
from src.config.params import Params
from src.config.sections import Finetune, Strict
from src.data.fetching.manifest import load_manifest
from src.data.tables.table import SPLIT_SCHEMA
from src.serving.settings import Settings


def test_every_param_stands_with_its_value_and_meaning() -> None:
    text = params_part()
    assert [name for name in Params.model_fields if f"## {name}\n" not in text] == []
    assert "- `finetune.augment.shear_degrees`: Slant.  \n  *number, ≥ 0, ≤ 45; now `" in text
    assert "- `train.unknown_height`: Share of rows" in text


def test_a_param_without_a_docstring_is_named() -> None:
    class Section(Strict):
        """Of a test."""

        silent: int

    with pytest.raises(ValueError, match="no docstring below silent"):
        field_docs(Section)


def test_inherited_params_are_described_too() -> None:
    assert {"epochs", "replay"} <= field_docs(Finetune).keys()


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1}, "whole number, ≥ 1"),
        ({"enum": ["auto", "cpu"]}, "`auto`, `cpu`"),
        ({"type": "array", "items": {"type": "number"}}, "list of number"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or nothing"),
    ],
)
def test_a_field_is_described_in_words(schema: dict[str, object], words: str) -> None:
    assert describe_field(schema) == words


def test_every_setting_stands_with_its_default() -> None:
    text = settings_part()
    assert text.count("PYSAR_SERVE_") == len(Settings.model_fields)
    assert "*`data/collected` by default*" in text


def test_every_column_of_the_table_is_described() -> None:
    rows = table_part().splitlines()[::2]
    assert [row.split("`")[1] for row in rows] == list(SPLIT_SCHEMA.columns)
    assert not [row for row in rows if row.endswith("`:   ")]


def test_every_corpus_stands_with_its_licence_and_citation() -> None:
    text = corpora_part()
    for name, corpus in load_manifest().items():
        assert f"## {name}" in text
        assert corpus.citation in text
        assert f"| {corpus.licence} |" in text


def test_an_operation_stands_with_its_parameters_body_and_answers() -> None:
    answer = {"description": "Read", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Read"}}}}
    parameter = {"name": "top", "in": "query", "schema": {"type": "integer"}, "description": "how many"}
    operation = {"description": "Say it.", "parameters": [parameter], "responses": {"200": answer},
                 "requestBody": {"content": {"image/png": {}}}}  # fmt: skip
    schema = {"properties": {"label": {"type": "string"}}, "required": ["label"]}
    text = describe({"paths": {"/predict": {"post": operation}}, "components": {"schemas": {"Read": schema}}})
    assert "## POST /predict\n\nSay it." in text
    assert "- `top`: how many  \n  *integer, in the query*" in text
    assert "Body: `image/png`." in text
    assert "| 200 | Read | `application/json`: [Read](#read) |" in text
    assert "- `label`:   \n  *string*" in text


def test_a_page_gets_its_part_where_it_says_so() -> None:
    source = [f"# Table\n\n{MARK}\n"]
    fill_in(None, "reference/table", source)  # type: ignore[arg-type]  # the application is not asked
    assert MARK not in source[0]
    assert "`relative_height`" in source[0]
    with pytest.raises(ValueError, match=r"docs/reference/table\.md: wants the line"):
        fill_in(None, "reference/table", [""])  # type: ignore[arg-type]  # as above
    assert "reference/params" in PARTS
