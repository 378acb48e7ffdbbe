"""The reference of the sample table, from its schema and its docstring."""

from sphinx.pycode import ModuleAnalyzer

from docs.generators.words import entries, items
from src.data.tables import table

_REPLACED = {"object": "bytes", "boolean": "true or false", "float64": "float64"}


def table_part() -> str:
    """Return each column of the table, and the one that the split table has besides."""
    documented = ModuleAnalyzer.for_module(table.__name__).find_attr_docs()
    said = {name: words for names, words in items(documented["", "SAMPLE_SCHEMA"]) for name in names.split(", ")}
    rows = []
    for name, column in table.SPLIT_SCHEMA.columns.items():
        dtype = str(column.dtype)
        told = said.get(name, "train, val or test; only in the table that `split` writes.")
        rows.append((name, told, _REPLACED.get(dtype, dtype) + (", may be null" if column.nullable else "")))
    return entries(rows)
