"""The commands that README.md tells people to run, in its order."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s{2,}#.*$|\s{3,}\S.*$")
"""What follows a command in its line: a comment, or, in the first block, a few words."""


def readme_commands(text: str) -> list[str]:
    """Return the lines of all blocks that name no language, without comments."""
    blocks = (block["content"] for block in _BLOCK.finditer(text) if not block["language"])
    lines = (line for block in blocks for line in block.splitlines())
    return [command for line in lines if (command := _COMMENT.sub("", line).strip())]
