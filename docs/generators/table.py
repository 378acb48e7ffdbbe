"""The reference of the sample table, from its schema and its docstring."""

from sphinx.pycode import ModuleAnalyzer

from docs.generators.words import items, left_table
from src.data.tables import table

_REPLACED = {"object": "bytes", "boolean": "true or false", "float64": "float64"}


def table_part() -> str:
    """Return a row for each column of the table, and what the split table has besides."""
    documented = ModuleAnalyzer.for_module(table.__name__).find_attr_docs()
    said = {name: words for names, words in items(documented["", "SAMPLE_SCHEMA"]) for name in names.split(", ")}
    rows = []
    for name, column in table.SPLIT_SCHEMA.columns.items():
        dtype = str(column.dtype)
        told = said.get(name, "train, val or test; only in the table that `split` writes.")
        rows.append([f"`{name}`", _REPLACED.get(dtype, dtype), "yes" if column.nullable else "no", told])
    return left_table(["column", "type", "may be null", "meaning"], rows)
