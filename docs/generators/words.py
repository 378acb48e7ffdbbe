"""What the generated parts share: entries of docstrings, and tables of words."""

from collections.abc import Iterable, Iterator, Sequence

from src.common.markdown_table import markdown_table


def items(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the entries `name: words` of a docstring after its first line; their further lines are indented."""
    name, words = "", ""
    for line in list(lines)[1:]:
        if line and not line.startswith(" "):
            if name:
                yield name, words
            name, _, words = line.partition(": ")
        else:
            words = f"{words} {line.strip()}".strip()
    if name:
        yield name, words


def left_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, all columns of words."""
    return markdown_table(header, rows).replace("---:", "---")


def entries(rows: Iterable[tuple[str, str, str]]) -> str:
    """Return a list of names, each with what it means and with what it may be; a telephone has no room for tables."""
    return "\n".join(f"- `{name}`: {meaning}  \n  *{kind}*" for name, meaning, kind in rows)
