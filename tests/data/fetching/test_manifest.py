from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from src.common.errors import InputError
from src.data.fetching.manifest import MANIFEST_FILE, KeptFile, TarArchive, find_corpus, load_manifest

MNIST_FILES = [f"{part}-{what}-ubyte.gz" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")]


def test_the_manifest_names_all_files_of_mnist_kept_as_they_are() -> None:
    archives = load_manifest()["mnist"].archives
    assert [archive.name for archive in archives] == MNIST_FILES
    assert all(isinstance(archive, KeptFile) for archive in archives)


def test_the_manifest_takes_only_glyphs_from_rukopys() -> None:
    (archive,) = load_manifest()["rukopys"].archives
    assert isinstance(archive, TarArchive)
    assert archive.take == ["glyphs.csv", "glyphs/*.png"]


@pytest.mark.parametrize("corpus", ["cmnist", "comnist"])
def test_a_corpus_of_very_many_files_is_kept_as_one_zip_of_its_name(corpus: str) -> None:
    (archive,) = load_manifest()[corpus].archives
    assert isinstance(archive, TarArchive)
    assert archive.packed_as == f"{corpus}.zip"


def test_each_corpus_states_licence_citation_and_home() -> None:
    for corpus in load_manifest().values():
        assert corpus.licence
        assert corpus.citation
        assert corpus.home.startswith("https://")


def _drop_licence(document: dict[str, Any]) -> None:
    del document["mnist"]["licence"]


def _misspell(document: dict[str, Any]) -> None:
    document["mnist"]["licens"] = "CC0"


def _shorten_hash(document: dict[str, Any]) -> None:
    document["mnist"]["archives"][0]["sha256"] = "440fcabf"


def _name_outside(document: dict[str, Any]) -> None:
    document["mnist"]["archives"][0]["name"] = "../train.gz"


def _name_twice(document: dict[str, Any]) -> None:
    document["mnist"]["archives"][1]["name"] = document["mnist"]["archives"][0]["name"]


def _name_corpus_outside(document: dict[str, Any]) -> None:
    document["../mnist"] = document.pop("mnist")


def _give_no_take(document: dict[str, Any]) -> None:
    document["rukopys"]["archives"][0]["take"] = []


def _pack_outside(document: dict[str, Any]) -> None:
    document["cmnist"]["archives"][0]["packed_as"] = "../cmnist.zip"


def _pack_as_no_zip(document: dict[str, Any]) -> None:
    document["cmnist"]["archives"][0]["packed_as"] = "cmnist.tar"


def _give_odd_kind(document: dict[str, Any]) -> None:
    document["rukopys"]["archives"][0]["kind"] = "zip"


def _give_odd_address(document: dict[str, Any]) -> None:
    document["mnist"]["archives"][0]["urls"] = ["ftp://example.org/x"]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_drop_licence, "mnist.licence"),
        (_misspell, "mnist.licens"),
        (_shorten_hash, "sha256"),
        (_name_outside, "name"),
        (_name_twice, "mnist.archives"),
        (_name_corpus_outside, "../mnist"),
        (_give_no_take, "take"),
        (_pack_outside, "packed_as"),
        (_pack_as_no_zip, "packed_as"),
        (_give_odd_kind, "rukopys.archives.0"),
        (_give_odd_address, "urls"),
    ],
)
def test_a_fault_in_the_manifest_is_named_in_one_line(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], named: str
) -> None:
    document = YAML(typ="safe", pure=True).load(MANIFEST_FILE.read_text(encoding="utf-8"))
    spoil(document)
    path = tmp_path / "corpora.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(document, stream)
    with pytest.raises(InputError) as caught:
        load_manifest(path)
    assert str(path) in str(caught.value)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "just text", "", "\0"])
def test_a_manifest_that_is_no_mapping_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corpora.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"corpora\.yaml"):
        load_manifest(path)


def test_a_missing_manifest_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_manifest(tmp_path / "absent.yaml")


def test_an_unknown_corpus_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        InputError, match="mnst: unknown corpus; choose one of: mnist, rukopys, cmnist, comnist, emnist"
    ):
        find_corpus(load_manifest(), "mnst")
