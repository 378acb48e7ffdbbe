"""What the raw data are, from the manifest src/data/corpora.yaml."""

from docs.generators.words import left_table
from src.data.fetching.manifest import load_manifest


def corpora_part() -> str:
    """Return a table of all corpora, and below it each one's citation and archives."""
    manifest = load_manifest()
    rows = [[f"[{name}]({corpus.home})", corpus.title, corpus.licence] for name, corpus in manifest.items()]
    parts = [left_table(["corpus", "what it is", "licence"], rows)]
    for name, corpus in manifest.items():
        archives = "\n".join(f"- `{archive.name}` from {_link(archive.urls[0])}" for archive in corpus.archives)
        parts.append(f"## {name}\n\n{corpus.title}.\n\nCite: {corpus.citation}.\n\n{archives}")
    return "\n\n".join(parts)


def _link(url: str) -> str:
    return f"[{url.split('/')[2]}]({url})"
