"""That names of files, which strangers choose, come out of `pysar predict` as they are, and steer nobody's terminal."""

import contextlib
import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from click.testing import CliRunner

from src.commands.predict import main
from src.prediction.csv_lines import csv_line, path_cell
from src.prediction.model_file import RELEASED
from tests.prediction.drawings import drawn, encoded

ODD = [
    b"a\nb.png", b"a\rb.png", b"a\tb.png", b"esc\x1b[2J.png", b"bell\x07.png", b"\xff\xfe.png", b"csi\xc2\x9b2J.png",
    b"=1+1.png", b"+a.png", b"-a.png", b"@a.png", b"'a.png", b"'=a.png", b"\ta.png", b"\ra.png", b"a,b;=c.png",
    b'"a".png', b"\\n.png", b"'.png",
    *(name.encode() for name in ("ж\u202f1.png", "turned\u202egnp.png", "line\u2028.png")),
]  # fmt: skip
_STEERING = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E) if chr(code) not in "\n\r\t"]


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Pictures with odd names, and one that cannot be read."""
    _write(tmp_path, *ODD)
    (tmp_path / "bad\x1b[2J\n.png").write_bytes(b"none")
    return tmp_path


def _write(folder: Path, *names: bytes) -> None:
    for name in names:
        (folder / os.fsdecode(name)).write_bytes(encoded(drawn()))


def _predict(folder: Path, *words: str, code: int = 1, charset: str = "utf-8") -> tuple[bytes, str]:
    """Return what `pysar predict` prints of all that is in a folder, where it is asked for by names alone."""
    names = sorted(path.name for path in folder.iterdir())
    with contextlib.chdir(folder):
        result = CliRunner(charset=charset).invoke(main, ["--model", str(RELEASED), *words, "--", *names])
    assert result.exit_code == code, result.output
    return result.stdout_bytes, result.stderr


def _bytes_of(path: str) -> bytes:
    """Return the name of a file as a program reads it from the column or key `path`."""
    return unquote_to_bytes(path).split(b"/")[-1] if path.startswith("file://") else path.encode()


def test_jsonl_tells_each_name_so_that_the_file_is_found_again(odd: Path) -> None:
    lines, _ = _predict(odd, "--format", "jsonl")
    text = lines.decode()
    assert not any(each in text for each in _STEERING)
    assert sorted(_bytes_of(json.loads(line)["path"]) for line in text.splitlines()) == sorted(ODD)


def test_csv_tells_each_name_so_that_the_file_is_found_again(odd: Path) -> None:
    text = _predict(odd, "--format", "csv")[0].decode()
    assert not any(each in text for each in _STEERING)
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert all(len(row) == 8 and None not in row for row in rows)
    assert not any(row["path"].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    assert sorted(_bytes_of(row["path"].removeprefix("'")) for row in rows) == sorted(ODD)


@pytest.mark.parametrize("form", ["table", "ascii"])
def test_lines_for_people_show_what_steers_a_terminal_as_escapes(odd: Path, form: str) -> None:
    text = _predict(odd, "--format", form)[0].decode()
    assert not any(each in text for each in [*_STEERING, "\r", "\t", "\u2028"])
    assert len(text.split("\n")) - 1 == len(ODD) + (form == "table")
    for escape in (r"a\nb.png", r"esc\x1b[2J.png", r"csi\x9b2J.png", r"turned\u202egnp.png"):
        assert escape in text


def test_what_cannot_be_read_is_reported_with_escapes(odd: Path) -> None:
    _, reported = _predict(odd)
    assert reported.startswith(r"bad\x1b[2J\n.png: no picture")
    assert reported.count("\n") == 1


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii", "utf-8", "koi8-u"])
@pytest.mark.parametrize("form", ["table", "csv", "jsonl", "ascii"])
def test_no_terminal_ends_a_run(tmp_path: Path, form: str, encoding: str) -> None:
    _write(tmp_path, b"\xff.png", "ж.png".encode())
    out, reported = _predict(tmp_path, "--format", form, code=0, charset=encoding)
    assert reported == ""
    text = out.decode("utf-8" if form in {"csv", "jsonl"} else encoding)
    if form != "ascii":
        assert text.count("ж" if form in {"csv", "jsonl"} or encoding in {"utf-8", "koi8-u"} else r"\u0436") >= 3


def test_labelled_writes_names_as_csv_and_prints_on_any_terminal(tmp_path: Path) -> None:
    (tmp_path / "in/ж").mkdir(parents=True)
    _write(tmp_path / "in/ж", b"a\nb.png", b"\xff.png")
    output = tmp_path / "out.csv"
    printed, _ = _predict(tmp_path, "--labelled", "--output", str(output), code=0, charset="iso-8859-1")
    assert b"100.00% (2 of 2)" in printed
    with output.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(_bytes_of(row["path"]).split(b"/")[-1] for row in rows) == [b"a\nb.png", b"\xff.png"]


def test_where_the_system_takes_all_text_for_ascii_names_of_utf8_are_text(tmp_path: Path) -> None:
    (tmp_path / "ж.png").write_bytes(encoded(drawn()))
    plain = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [
        sys.executable,
        "-m",
        "src.commands.cli",
        "predict",
        "--format",
        "jsonl",
        "--model",
        str(RELEASED),
        str(tmp_path),
    ]
    line = subprocess.run(command, env=plain, capture_output=True, check=True).stdout
    assert json.loads(line)["path"] == f"{tmp_path.as_posix()}/ж.png"


@pytest.mark.parametrize("name", ["=a", "+a", "-a", "@a", "\ta", "\ra", "\na", "'a", "'", "''=a", "\uff1da", "\uff20"])
def test_a_cell_that_would_be_a_formula_is_guarded_and_comes_back(name: str) -> None:
    cell = path_cell(Path(name))
    assert cell == f"'{name}"
    assert next(csv.reader(StringIO(csv_line([cell, "б"]), newline=""))) == [f"'{name}", "б"]


@pytest.mark.parametrize("name", ["a", "a=b", "a'b", "ж.png", "(1).png"])
def test_other_cells_stay_as_they_are(name: str) -> None:
    assert path_cell(Path(name)) == name
    assert csv_line([name, "б"]) == f"{name},б\r\n"


@pytest.mark.parametrize("name", ["a;=b", "a\t=b"])
def test_a_spreadsheet_that_cuts_at_semicolons_or_tabs_finds_them_in_quotes(name: str) -> None:
    assert csv_line([name, "б"]) == f'"{name}","б"\r\n'


@pytest.mark.parametrize("form", ["table", "jsonl"])
@pytest.mark.parametrize(("redirection", "reason"), [(">&-", "standard output is closed"), (">/dev/full", "No space")])
def test_answers_that_cannot_be_written_end_the_run_in_a_line(
    tmp_path: Path, form: str, redirection: str, reason: str
) -> None:
    (tmp_path / "a.png").write_bytes(encoded(drawn()))
    pysar = f'"{sys.executable}" -m src.commands.cli'
    command = f'{pysar} predict --model "{RELEASED}" --format {form} "{tmp_path}" {redirection}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}
    assert done.stderr.startswith(f"Error: {reason}") or f": {reason}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    for n in range(100):
        (tmp_path / f"{n}.png").write_bytes(encoded(drawn()))
    command = f'"{sys.executable}" -m src.commands.cli predict --model "{RELEASED}" --format csv "{tmp_path}" | head -1'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("path,label")
    assert done.stderr == ""
