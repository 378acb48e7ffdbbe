"""corpora.yaml as frozen, typed models: what each corpus is, where it lies and how its bytes are known."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from src.common.errors import InputError
from src.common.yaml_file import read_yaml
from src.config.sections import Strict

MANIFEST_FILE = Path(__file__).parents[1] / "corpora.yaml"

Text = Annotated[str, Field(min_length=1)]
CorpusName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
MemberName = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*$")]
ZipName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.zip$")]
Url = Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")]
Urls = Annotated[list[Url], Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Md5 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class KeptFile(Strict):
    """A file that is used as it comes; `sha256` is that of its bytes."""

    kind: Literal["file"]
    name: FileName
    urls: Urls
    sha256: Sha256


class TarArchive(Strict):
    """A gzipped tar of which `take` is unpacked; `sha256` is the tree digest of what is taken.

    `strip` leading folders are cut off each entry's path before it is compared with `take`, whose patterns are
    those of a shell: `*` stays within one folder. With `packed_as`, what is taken is kept as one zip of that name.
    """

    kind: Literal["tar.gz"]
    name: FileName
    urls: Urls
    strip: Annotated[int, Field(ge=0)]
    take: Annotated[list[Text], Field(min_length=1)]
    packed_as: ZipName | None = None
    sha256: Sha256


class ZipArchive(Strict):
    """A zip of which the members that `take` names are unpacked, each by the last part of its name.

    A member `x.gz` becomes `x`: who packs a zip anew may compress anew too. `sha256` is the tree digest of what comes
    out.
    """

    kind: Literal["zip"]
    name: FileName
    urls: Urls
    take: Annotated[list[MemberName], Field(min_length=1)]
    sha256: Sha256


class WholeZipArchive(Strict):
    """A zip as in `ZipArchive`, but verified as a whole: `md5` is that of its own bytes, as upstream tells it."""

    kind: Literal["whole-zip"]
    name: FileName
    urls: Urls
    take: Annotated[list[MemberName], Field(min_length=1)]
    md5: Md5


Archive = Annotated[KeptFile | TarArchive | ZipArchive | WholeZipArchive, Field(discriminator="kind")]


class Corpus(Strict):
    """One corpus of raw data."""

    title: Text
    home: Url
    licence: Text
    citation: Text
    archives: Annotated[list[Archive], Field(min_length=1)]

    @field_validator("archives")
    @classmethod
    def _names_differ(cls, archives: list[Archive]) -> list[Archive]:
        if len({archive.name for archive in archives}) < len(archives):
            raise ValueError("two archives have the same name")
        return archives


Manifest = dict[CorpusName, Corpus]


def load_manifest(path: Path = MANIFEST_FILE) -> Manifest:
    """Read and validate a manifest: corpora by name.

    Raises:
        InputError: The file is missing, is not YAML, or a key is unknown, missing or of a wrong form; the message
            names each.
    """
    document = read_yaml(path, cure="check the path")
    try:
        return TypeAdapter(Manifest).validate_python(document, strict=True)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'the whole file'}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{path}: {'; '.join(faults)}") from None


def find_corpus(manifest: Manifest, name: str) -> Corpus:
    """Return the corpus of that name.

    Raises:
        InputError: The manifest does not know it; the message lists those it knows.
    """
    try:
        return manifest[name]
    except KeyError:
        raise InputError(f"{name}: unknown corpus; choose one of: {', '.join(manifest)}") from None
