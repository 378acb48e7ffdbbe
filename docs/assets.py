"""Refuse a built manual whose pages ask other hosts for anything: `python -m docs.assets docs/_build`."""

import logging
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from src.common.command import configure_logging

logger = logging.getLogger("__main__")

_ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


class _Assets(HTMLParser):
    """Collects what a page makes a browser fetch from other hosts; links that people click are no such thing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        fetched = [given.get("src"), given.get("data"), given.get("poster")]
        fetched += (given.get("srcset") or "").split(",")
        if tag == "link" and given.get("rel") != "canonical":
            fetched.append(given.get("href"))
        self.found += [address for address in fetched if address and _ELSEWHERE.match(address.strip())]
        self.found += _IN_STYLE.findall(given.get("style") or "")


def fetched_elsewhere(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each page or style sheet below a folder with an address of another host that a browser would ask."""
    for page in sorted(folder.rglob("*.html")):
        parser = _Assets()
        parser.feed(page.read_text(encoding="utf-8"))
        yield from ((page, address) for address in parser.found)
    for sheet in sorted(folder.rglob("*.css")):
        yield from ((sheet, address) for address in _IN_STYLE.findall(sheet.read_text(encoding="utf-8")))


if __name__ == "__main__":
    configure_logging()
    faults = list(fetched_elsewhere(Path(sys.argv[1])))
    for place, asked in faults:
        logger.error("%s: asks %s; keep a copy in docs/_static", place, asked)
    sys.exit(bool(faults))
