"""The commands that README and the manual tell people to run, in their order."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
HOWTO = Path("docs/howto")
PAGES = (
    Path("README.md"),
    Path("docs/first-run.md"),
    *(HOWTO / f"{name}.md" for name in ("predict", "serve", "review", "tune", "promote", "mlflow", "latin", "s3")),
    Path("docs/explain/provenance.md"),
)
"""Pages whose commands are run, in this order; tests/pipeline/ has another for those of sweeping."""
_BLOCK = re.compile(r"^```(?P<language>[^\n]*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s{2,}#.*$|\s{3,}\S.*$")
"""What follows a command in its line: a comment, or, in README's block of two commands, a few words."""


def documented_commands(text: str) -> list[str]:
    """Return the lines of all blocks that name no language, without comments."""
    blocks = (block["content"] for block in _BLOCK.finditer(text) if not block["language"])
    lines = (line for block in blocks for line in block.splitlines())
    return [command for line in lines if (command := _COMMENT.sub("", line).strip())]


def all_commands() -> list[str]:
    """Return the commands of all pages, each once."""
    texts = ((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    return list(dict.fromkeys(command for text in texts for command in documented_commands(text)))
