"""The parts of the manual that are made of the code when it is built, so that they cannot lag behind it.

A page says where its part goes by a line `<!-- generated -->`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sphinx.application import Sphinx

from docs.generators.corpora import corpora_part
from docs.generators.http import http_part
from docs.generators.params import params_part, settings_part
from docs.generators.table import table_part

MARK = "<!-- generated -->"
PARTS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "data/index": corpora_part,
        "reference/http": http_part,
        "reference/params": params_part,
        "reference/settings": settings_part,
        "reference/table": table_part,
    }
)
"""Of each page that has such a part: what makes it, in Markdown."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx call `fill_in` for each page it reads, and read pages with a generated part each time."""
    app.connect("source-read", fill_in)
    app.connect("env-get-outdated", lambda *_: list(PARTS))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fill_in(_: Sphinx, page: str, source: list[str]) -> None:
    """Put the generated part of a page in its place.

    Raises:
        ValueError: The page does not say where, or twice.
    """
    if page not in PARTS:
        return
    if source[0].count(MARK) != 1:
        raise ValueError(f"docs/{page}.md: wants the line {MARK} once; put it in")
    source[0] = source[0].replace(MARK, PARTS[page]())
