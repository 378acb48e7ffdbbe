"""A git revision: its files and their hashes as DVC writes them, without touching the working folder."""

from pathlib import Path
from typing import NamedTuple

from src.common.digests import listed_md5, md5_of
from src.common.git import GitError, ask_git, check_repository, is_shallow


class Revision(NamedTuple):
    """A commit, or another name that git knows, of the repository that holds the folder `root`."""

    root: Path
    name: str

    def is_here(self) -> bool:
        """Tell whether git knows the revision."""
        return _ask(self.root, "rev-parse", "--quiet", "--verify", f"{self.name}^{{commit}}") is not None

    def missing(self) -> str | None:
        """Return why the revision cannot be had here, and what to do; None where it is here."""
        try:
            check_repository(self.root)
            if self.is_here():
                return None
            fetch = "git fetch --unshallow" if is_shallow(self.root) else "git fetch"
        except GitError as error:
            return f"{self.root}: git does not tell its revisions ({error})"
        return f"revision {self.name} is not in this repository: `{fetch}`"

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file; `path` starts at `root`."""
        return _ask(self.root, "cat-file", "blob", f"{self.name}:./{path}")

    def md5(self, path: str) -> str | None:
        """Return DVC's hash of a file or a folder, or None where there is neither."""
        content = self.read(path)
        return md5_of(content) if content is not None else self._folder_md5(path)

    def _folder_md5(self, path: str) -> str | None:
        """Return the MD5 of the list of files and their MD5s as JSON: DVC 3's name for a folder's content."""
        listed = _ask(self.root, "ls-tree", "-r", "-z", "--name-only", self.name, f"./{path}/")
        names = [Path(name).relative_to(path).as_posix() for name in (listed or b"").decode().split("\0") if name]
        if not names:
            return None
        return listed_md5({name: md5_of(self.read(f"{path}/{name}") or b"") for name in names})


def experiment_reference(root: Path, name: str) -> str | None:
    """Return git's reference of a DVC experiment, or None where this repository has none of that name."""
    listed = _ask(root, "for-each-ref", "--format=%(refname)", f"refs/exps/*/*/{name}")
    return next(iter((listed or b"").decode().split()), None)


def _ask(root: Path, *words: str) -> bytes | None:
    """Return what git answers in the folder, or None where it cannot."""
    try:
        return ask_git(root, *words)
    except GitError:
        return None
