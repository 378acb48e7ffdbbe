"""Getting a corpus: its archives, verified, from a mirror or from upstream, whole or not at all."""

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from src.common.digests import contents_digest, file_digest, tree_digest
from src.common.errors import WorkError
from src.common.files import replace_folder
from src.data.corpora.packed import write_packed
from src.data.fetching.download import PATIENCE, Patience, UnavailableError, download
from src.data.fetching.manifest import Archive, Corpus, KeptFile, WholeZipArchive, ZipArchive
from src.data.fetching.sources import MIRROR_VARIABLE, Mirror, describe, places
from src.data.fetching.unpack import DamagedError, unpack, unpack_in_memory
from src.data.fetching.unpack_zip import unpack_zip

logger = logging.getLogger(__name__)


class NotToBeHadError(WorkError):
    """Neither the mirror nor upstream gives an archive."""


def fetch(corpus: Corpus, target: Path, mirror: Mirror | None = None, patience: Patience = PATIENCE) -> None:
    """Put the verified content of a corpus's archives into `target`, which is replaced as a whole or not at all.

    Each archive is asked for at the mirror first, and upstream only where the mirror lacks it or does not answer.

    Raises:
        NotToBeHadError: No place gives an archive.
        WorkError: What came is damaged, hostile or of a wrong hash.
        OSError: The disk is full, or there is no permission; it names the file or `target`.
    """
    with new_folder(target) as folder:
        for archive in corpus.archives:
            _add(archive, folder, mirror, patience)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `target` on success only; what killed runs left is removed."""
    _clear_leftovers(target)
    with replace_folder(target) as folder, folder_lock(folder):
        yield folder


def _clear_leftovers(target: Path) -> None:
    """Remove what killed runs left beside `target`; a run that is alive holds the lock of its folder."""
    hidden = (path for ending in ("tmp", "old") for path in target.parent.glob(f".{target.name}.*.{ending}"))
    for leftover in hidden:
        with folder_lock(leftover) as free:
            if free:
                shutil.rmtree(leftover)


@contextmanager
def folder_lock(folder: Path) -> Iterator[bool]:
    """Lock a folder while the process lives; yield False where another process has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        free = False
    else:
        free = True
    try:
        yield free
    finally:
        os.close(descriptor)


def _add(archive: Archive, folder: Path, mirror: Mirror | None, patience: Patience) -> None:
    refusals = []
    for place in places(archive, mirror):
        # Damaged on its way it comes whole the second time; a local file stays as it is.
        retrying = Retrying(
            stop=stop_after_attempt(1 if isinstance(place, Path) else 2),
            retry=retry_if_exception_type(DamagedError),
            reraise=True,
        )
        try:
            retrying(_add_from, place, archive, folder, patience)
        except UnavailableError as error:
            refusals.append(f"{describe(place)}: {error}")
            logger.warning("%s", refusals[-1])
        else:
            return
    cure = f"check the network, or set {MIRROR_VARIABLE} to a folder or address that holds {archive.name}"
    raise NotToBeHadError(f"{archive.name}: not to be had ({'; '.join(refusals)}): {cure}")


def _add_from(place: Mirror, archive: Archive, folder: Path, patience: Patience) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        received, content = Path(scratch, archive.name), Path(scratch, "content")
        _receive(place, received, patience)
        try:
            _open_verified(archive, received, content)
        except WorkError as error:
            raise type(error)(f"{error} (from {describe(place)})") from error
        for path in content.iterdir():
            path.rename(folder / path.name)
    logger.info("%s: verified, from %s", archive.name, describe(place))


def _open_verified(archive: Archive, received: Path, content: Path) -> None:
    content.mkdir()
    if isinstance(archive, KeptFile):
        _verify(archive, file_digest(received))
        received.rename(content / archive.name)
    elif isinstance(archive, WholeZipArchive):
        _verify(archive, file_digest(received, "md5"))
        unpack_zip(received, content, archive.take)
    elif isinstance(archive, ZipArchive):
        unpack_zip(received, content, archive.take)
        _verify(archive, tree_digest(content))
    elif archive.packed_as is None:
        unpack(received, content, strip=archive.strip, take=archive.take)
        _verify(archive, tree_digest(content))
    else:
        contents = unpack_in_memory(received, strip=archive.strip, take=archive.take)
        _verify(archive, contents_digest(contents))
        write_packed(content / archive.packed_as, contents)


def _verify(archive: Archive, digest: str) -> None:
    name, expected = ("MD5", archive.md5) if isinstance(archive, WholeZipArchive) else ("SHA-256", archive.sha256)
    if digest != expected:
        found = f"{name} is {digest[:12]}..., expected {expected[:12]}..."
        raise DamagedError(f"{archive.name}: {found}; put a whole copy where {MIRROR_VARIABLE} points to")


def _receive(place: Mirror, received: Path, patience: Patience) -> None:
    if not isinstance(place, Path):
        download(place, received, patience)
    elif place.is_file():
        shutil.copyfile(place, received)
    else:
        raise UnavailableError("no such file")
