import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from src.data.download import Patience
from src.data.fetch import fetch, folder_lock, main
from src.data.manifest import Corpus
from src.data.sample_mark import is_sample
from src.errors import WorkError
from tests.data.raw_server import (
    GLYPHS,
    RawServer,
    file_entry,
    files_corpus,
    glyphs_corpus,
    glyphs_tar,
    never_answer,
    raw_server,
    serve,
    stall,
    status,
    tar_gz,
    truncate,
    truncate_silently,
)

ROOT = Path(__file__).parents[2]
ONE, TWO = b"one" * 50_000, b"two" * 50_000
CALM = Patience(silence_seconds=10, attempts=2, pause_seconds=0.01)
HASTY = Patience(silence_seconds=0.3, attempts=2, pause_seconds=0.01)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RAW_MIRROR", raising=False)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    with raw_server() as running:
        yield running


@pytest.fixture
def corpus(server: RawServer) -> Corpus:
    server.on("up/one.gz", serve(ONE))
    server.on("up/two.gz", serve(TWO))
    return files_corpus(server, one=ONE, two=TWO)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data" / "raw" / "letters"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _fails(corpus: Corpus, target: Path, mirror: Path | None = None, patience: Patience = CALM) -> str:
    """Return the one line of the error after checking that nothing lies where it could be taken for whole."""
    with pytest.raises(WorkError) as caught:
        fetch(corpus, target, mirror, patience)
    assert list(target.parent.iterdir()) == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_corpus_comes_whole_from_upstream(corpus: Corpus, target: Path) -> None:
    fetch(corpus, target, None, CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}
    assert list(target.parent.iterdir()) == [target]


def test_of_an_archive_only_what_the_manifest_takes_arrives(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(glyphs_tar()))
    fetch(glyphs_corpus(server), target, None, CALM)
    assert _files(target) == GLYPHS


def test_a_repacked_archive_of_the_same_content_is_as_good(server: RawServer, target: Path) -> None:
    repacked = tar_gz(*(file_entry(f"glyphs-d02f11f/{name}", GLYPHS[name]) for name in reversed(GLYPHS)))
    assert repacked != glyphs_tar()
    server.on("up/glyphs", serve(repacked))
    fetch(glyphs_corpus(server), target, None, CALM)
    assert _files(target) == GLYPHS


def test_a_mirror_folder_that_has_all_leaves_upstream_alone(
    server: RawServer, corpus: Corpus, target: Path, mirror: Path
) -> None:
    (mirror / "one.gz").write_bytes(ONE)
    (mirror / "two.gz").write_bytes(TWO)
    fetch(corpus, target, mirror, CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}
    assert not server.asked


def test_a_mirror_address_that_has_all_leaves_upstream_alone(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("raw/one.gz", serve(ONE))
    server.on("raw/two.gz", serve(TWO))
    fetch(corpus, target, httpx.URL(server.url("raw/")), CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}
    assert set(server.asked) == {"/raw/one.gz", "/raw/two.gz"}


def test_upstream_gives_what_a_mirror_folder_lacks(
    server: RawServer, corpus: Corpus, target: Path, mirror: Path
) -> None:
    (mirror / "one.gz").write_bytes(ONE)
    fetch(corpus, target, mirror, CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}
    assert set(server.asked) == {"/up/two.gz"}


def test_upstream_gives_what_a_mirror_lacks_or_does_not_answer(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("raw/one.gz", status(404))
    server.on("raw/two.gz", never_answer)
    fetch(corpus, target, httpx.URL(server.url("raw")), HASTY)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}


def test_wrong_bytes_are_asked_for_once_more(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", serve(b"wrong"), serve(TWO))
    fetch(corpus, target, None, CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}


def test_a_wrong_hash_names_the_file_both_hashes_and_the_cure(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", serve(b"wrong"))
    message = _fails(corpus, target)
    assert server.asked["/up/two.gz"] == 2
    assert message.startswith("two.gz: SHA-256 is 8810ad581e59..., expected ")
    assert corpus.archives[1].sha256[:12] in message
    assert server.url("up/two.gz") in message
    assert "RAW_MIRROR" in message


def test_a_mirror_that_lies_is_an_error_that_names_its_file(corpus: Corpus, target: Path, mirror: Path) -> None:
    (mirror / "one.gz").write_bytes(b"wrong")
    assert str(mirror / "one.gz") in _fails(corpus, target, mirror)


def test_a_truncated_transfer_is_asked_for_again(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/one.gz", truncate(ONE), serve(ONE))
    server.on("up/two.gz", truncate_silently(TWO), serve(TWO))
    fetch(corpus, target, None, CALM)
    assert _files(target) == {"one.gz": ONE, "two.gz": TWO}


def test_a_server_that_truncates_always_is_a_failure_that_names_the_file(
    server: RawServer, corpus: Corpus, target: Path
) -> None:
    server.on("up/two.gz", truncate(TWO))
    message = _fails(corpus, target)
    assert message.startswith("two.gz: not to be had")
    assert "RAW_MIRROR" in message


def test_a_server_that_stalls_is_a_failure_that_names_the_file(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", stall(TWO))
    assert f"{server.url('up/two.gz')}: silent for 0.3 s" in _fails(corpus, target, patience=HASTY)


def test_a_truncated_archive_names_the_archive(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(glyphs_tar()[:100]))
    assert _fails(glyphs_corpus(server), target).startswith("glyphs.tar.gz: corrupt or truncated")
    assert server.asked["/up/glyphs"] == 2


def test_a_hostile_archive_names_archive_and_entry_and_is_not_asked_for_again(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(tar_gz(file_entry("../escaped", b"x"))))
    assert _fails(glyphs_corpus(server), target).startswith("glyphs.tar.gz: entry '../escaped' leads out")
    assert server.asked["/up/glyphs"] == 1


def test_a_failed_fetch_leaves_what_was_there(server: RawServer, corpus: Corpus, target: Path) -> None:
    fetch(corpus, target, None, CALM)
    server.on("up/two.gz", status(404))
    with pytest.raises(WorkError):
        fetch(corpus, target, None, CALM)
    assert _files(target.parent) == {"letters/one.gz": ONE, "letters/two.gz": TWO}


def test_a_leftover_is_cleared_unless_its_run_is_alive(corpus: Corpus, target: Path) -> None:
    dead, alive = target.parent / ".letters.dead.tmp", target.parent / ".letters.alive.tmp"
    dead.mkdir(parents=True)
    (dead / "half").write_bytes(b"half")
    alive.mkdir()
    with folder_lock(alive) as free:
        assert free
        fetch(corpus, target, None, CALM)
    assert {path.name for path in target.parent.iterdir()} == {"letters", alive.name}


class Checkout:
    """A folder in which the real command runs on a manifest of our own."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.folder, self.manifest = folder, folder / "corpora.yaml"
        (folder / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
        with self.manifest.open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump({"letters": corpus.model_dump()}, stream)

    def start(self, most_bytes_a_file: int | None = None) -> subprocess.Popen[str]:
        limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes_a_file},) * 2);"
        script = "import runpy; runpy.run_module('src.data.fetch', run_name='__main__', alter_sys=True)"
        return subprocess.Popen(
            [sys.executable, "-c", f"{limit if most_bytes_a_file else ''}{script}", *self.arguments()],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def arguments(self, corpus: str = "letters") -> list[str]:
        return [corpus, "--manifest", str(self.manifest)]

    def raw(self) -> Path:
        return self.folder / "data" / "raw"


@pytest.fixture
def checkout(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    return Checkout(tmp_path, corpus)


def _run(arguments: list[str]) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_download_leaves_no_corpus_and_the_next_run_clears_up(
    server: RawServer, checkout: Checkout, signal_number: signal.Signals
) -> None:
    server.on("up/two.gz", stall(TWO), serve(TWO))
    with checkout.start() as process:
        assert server.halfway.wait(20)
        _await_half(checkout.raw())
        process.send_signal(signal_number)
        _, complaint = process.communicate(timeout=10)
    assert process.returncode != 0
    assert not (checkout.raw() / "letters").exists()
    assert "Traceback" not in complaint
    result = _run(checkout.arguments())
    assert result.exit_code == 0, result.output
    assert _files(checkout.raw()) == {"letters/one.gz": ONE, "letters/two.gz": TWO}
    assert [path.name for path in checkout.raw().iterdir()] == ["letters"]


def _await_half(raw: Path) -> None:
    """Wait until the first file lies whole in the hidden folder, and some of the second."""
    patient_until = time.monotonic() + 10
    while time.monotonic() < patient_until:
        if any(path.stat().st_size > 0 for path in raw.rglob("two.gz")):
            return
        time.sleep(0.01)
    pytest.fail("the download did not begin")


def test_a_disk_that_is_full_is_told_in_one_line_and_leaves_nothing(checkout: Checkout) -> None:
    with checkout.start(most_bytes_a_file=len(TWO) // 2) as process:
        _, complaint = process.communicate(timeout=20)
    assert process.returncode == 1
    assert complaint.count("Error: ") == 1
    assert "data/raw/letters" in complaint
    assert "File too large" in complaint
    assert "Traceback" not in complaint
    assert list(checkout.raw().iterdir()) == []


def test_the_command_takes_the_mirror_from_the_environment(
    server: RawServer, checkout: Checkout, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mirror / "one.gz").write_bytes(ONE)
    (mirror / "two.gz").write_bytes(TWO)
    monkeypatch.setenv("RAW_MIRROR", "mirror")
    monkeypatch.setenv("DVC_ROOT", str(checkout.folder))
    result = _run(checkout.arguments())
    assert result.exit_code == 0, result.output
    assert not server.asked


def test_an_unknown_corpus_ends_with_status_2_and_names_the_known(checkout: Checkout) -> None:
    result = _run(checkout.arguments("latters"))
    assert result.exit_code == 2
    assert result.stderr.strip() == "Error: latters: unknown corpus; choose one of: letters"


def test_a_corpus_that_is_not_to_be_had_ends_with_status_1_in_one_line(server: RawServer, checkout: Checkout) -> None:
    server.on("up/two.gz", status(404))
    result = _run(checkout.arguments())
    assert result.exit_code == 1
    assert "Error: two.gz: not to be had" in result.stderr
    assert list(checkout.raw().iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(checkout: Checkout) -> None:
    (checkout.folder / "data").write_text("a file where a folder should be", encoding="utf-8")
    result = _run(checkout.arguments())
    assert result.exit_code == 1
    assert "Error: data/raw" in result.stderr


def test_the_embedded_sample_is_drawn_and_marked_and_asks_no_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    text = text.replace("source: upstream", "source: sample").replace("letters_per_class: 20", "letters_per_class: 1")
    Path("params.yaml").write_text(text, encoding="utf-8")
    result = _run(["rukopys"])
    assert result.exit_code == 0, result.output
    assert is_sample(Path("data/raw/rukopys"))
    assert Path("data/raw/rukopys/glyphs.csv").is_file()
    assert len(list(Path("data/raw/rukopys/glyphs").glob("*.png"))) == 66
