"""Small corpora for the raw server: their files, their archives and what a manifest says of them."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from src.data.fetching.manifest import Archive, Corpus, KeptFile, TarArchive
from tests.data.raw_server import RawServer, serve

ROOT_PAGE = "https://example.org/"
ONE, TWO = b"one" * 50_000, b"two" * 50_000


def tar_gz(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Pack entries; each file entry gets the size of its content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def file_entry(name: str, content: bytes = b"") -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def files_corpus(server: RawServer, **files: bytes) -> Corpus:
    """Describe a corpus of files that are kept as they are: `<name>.gz` upstream at `up/<name>.gz`."""
    archives: list[Archive] = [
        KeptFile(
            kind="file",
            name=f"{name}.gz",
            urls=[server.url(f"up/{name}.gz")],
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for name, content in files.items()
    ]
    return Corpus(title="Files", home=ROOT_PAGE, licence="ours", citation="none", archives=archives)


def two_files(server: RawServer) -> Corpus:
    """Serve upstream the corpus of one.gz and two.gz, and describe it."""
    server.on("up/one.gz", serve(ONE))
    server.on("up/two.gz", serve(TWO))
    return files_corpus(server, one=ONE, two=TWO)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


GLYPHS = {"glyphs/a-0.png": b"first", "glyphs/a-1.png": b"second", "glyphs.csv": b"label\n"}


def glyphs_tar() -> bytes:
    others = {"README.md": b"not taken", "glyphs/deeper/x.png": b"not taken"}
    return tar_gz(*(file_entry(f"glyphs-main/{name}", content) for name, content in {**GLYPHS, **others}.items()))


def glyphs_corpus(server: RawServer, packed_as: str | None = None) -> Corpus:
    """Describe a corpus of one tar.gz, upstream at `up/glyphs`, of which files or one zip are kept."""
    lines = "".join(f"{hashlib.sha256(GLYPHS[name]).hexdigest()}  {name}\n" for name in GLYPHS)
    archive = TarArchive(
        kind="tar.gz",
        name="glyphs.tar.gz",
        urls=[server.url("up/glyphs")],
        strip=1,
        take=["glyphs.csv", "glyphs/*.png"],
        packed_as=packed_as,
        sha256=hashlib.sha256(lines.encode()).hexdigest(),
    )
    return Corpus(title="Glyphs", home=ROOT_PAGE, licence="ours", citation="none", archives=[archive])
