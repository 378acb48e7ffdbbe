"""A clone has the repository's bytes, whatever git is told to do with ends of lines."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("setting", ["core.autocrlf=true", "core.eol=crlf", "core.autocrlf=input"])
def test_a_clone_keeps_ends_of_lines(tmp_path: Path, setting: str) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@t")
        command = ["git", *identity, "-c", setting, *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    contents = {"params.yaml": b"a: 1\nb: 2\n", "dos.yaml": b"a: 1\r\n", "code.py": b"pass\n"}
    git("init", "--quiet", "first")
    shutil.copy(ROOT / ".gitattributes", tmp_path / "first")
    for name, content in contents.items():
        (tmp_path / "first" / name).write_bytes(content)
    git("-C", "first", "add", "--all")
    git("-C", "first", "commit", "--quiet", "--message=t")
    git("clone", "--quiet", "first", "second")
    assert {name: (tmp_path / "second" / name).read_bytes() for name in contents} == contents
    assert git("-C", "second", "status", "--porcelain") == ""
