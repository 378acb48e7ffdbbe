import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from src.config.paths import RAW_SAMPLE
from src.data.fetch import main
from src.data.fetching.manifest import Corpus
from src.data.tables.sample_mark import is_sample, mark_sample
from tests.data.raw_corpora import ONE, TWO, files_in, two_files
from tests.data.raw_server import RawServer, serve, stall, status
from tests.default_params import PARAMS

ROOT = Path(__file__).parents[2]


class Checkout:
    """A folder in which the real command runs on a manifest of our own."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.folder, self.manifest = folder, folder / "corpora.yaml"
        (folder / "params.yaml").write_bytes(PARAMS.read_bytes())
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
def checkout(server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(tmp_path)
    return Checkout(tmp_path, two_files(server))


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
    assert files_in(checkout.raw()) == {"letters/one.gz": ONE, "letters/two.gz": TWO}
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
    server: RawServer, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = checkout.folder / "mirror"
    mirror.mkdir()
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


@pytest.fixture
def on_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a drawn corpus, where params ask for the sample."""
    monkeypatch.chdir(tmp_path)
    text = PARAMS.read_text(encoding="utf-8").replace("source: upstream", "source: sample")
    Path("params.yaml").write_text(text, encoding="utf-8")
    drawn = RAW_SAMPLE / "rukopys"
    (drawn / "glyphs").mkdir(parents=True)
    (drawn / "glyphs/a-0.png").write_bytes(b"a picture")
    return drawn


def test_the_drawn_sample_takes_the_place_of_a_corpus_and_asks_no_server(on_sample: Path) -> None:
    mark_sample(on_sample)
    result = _run(["rukopys"])
    assert result.exit_code == 0, result.output
    assert is_sample(Path("data/raw/rukopys"))
    assert Path("data/raw/rukopys/glyphs/a-0.png").read_bytes() == b"a picture"


def test_a_sample_that_was_not_drawn_ends_with_status_2_and_says_what_to_do(on_sample: Path) -> None:
    result = _run(["rukopys"])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {on_sample}: no embedded sample")
    assert "dvc repro" in result.stderr
    assert not Path("data/raw/rukopys").exists()
