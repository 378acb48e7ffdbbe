"""Answers as lines of text."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from src.common.printable import printable
from src.features.labels import Alphabet, is_digit
from src.prediction.answer import Answer
from src.prediction.csv_lines import csv_line, path_cell
from src.prediction.path_text import path_text

_COLUMNS = ("path", "label", "uppercase", "p_label", "p_uppercase", "is_character", "score", "top")
_CASES = MappingProxyType({True: "upper", False: "lower", None: "?"})
_TABLE = "{label:5} {case:5} {sure:>6}  {top:24}  {path}\n"


class Format(NamedTuple):
    """A way of printing, its lines with their ends.

    header: The line above all.
    line: That of one picture.
    for_programs: Whether it is always UTF-8, as JSON must be, whatever the terminal has.
    """

    header: str
    line: Callable[[Path, Answer], str]
    for_programs: bool = False


def as_document(path: Path, answer: Answer) -> dict[str, object]:
    """Return an answer with the path of its picture first, see `path_text`."""
    return {"path": path_text(path), **answer}


def _json_line(path: Path, answer: Answer) -> str:
    line = json.dumps(as_document(path, answer), ensure_ascii=False)
    # JSON leaves some characters that steer a terminal as they are; its escapes mean the same.
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line) + "\n"


def _csv_line(path: Path, answer: Answer) -> str:
    document: Mapping[str, object] = {**answer}
    cells = ["" if document[name] is None else _csv_cell(document[name]) for name in _COLUMNS[1:]]
    return csv_line([path_cell(path), *cells])


def _csv_cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table_line(path: Path, answer: Answer) -> str:
    case = "" if is_digit(answer["label"]) else _CASES[answer["uppercase"]]
    others = "  ".join(f"{each['label']} {each['p']:.0%}" for each in answer["top"][1:])
    label = answer["label"].upper() if answer["uppercase"] else answer["label"]
    return _TABLE.format(
        label=label, case=case, sure=f"{answer['p_label']:.1%}",
        top=_doubt(answer) or others, path=printable(path.as_posix()),
    )  # fmt: skip


def _doubt(answer: Answer) -> str:
    if not answer["is_character"]:
        return "not a character?"
    others = "  ".join(each["label"] for each in answer["top"][1:])
    return f"unsure: {others}" if answer.get("unsure") else ""


def _ascii_line(path: Path, answer: Answer) -> str:
    return f"{ord(answer['label'].upper())}, {printable(path.as_posix())}\n"


def _ascii_line_as_seen(path: Path, answer: Answer) -> str:
    return f"{ord(answer['label'])}, {printable(path.as_posix())}\n"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "table": Format(_TABLE.format(label="label", case="case", sure="sure", top="or", path="path"), _table_line),
        "csv": Format(csv_line(_COLUMNS), _csv_line, for_programs=True),
        "jsonl": Format("", _json_line, for_programs=True),
        "ascii": Format("", _ascii_line),
    }
)
"""The values of --format."""


def format_for(name: str, alphabet: Alphabet) -> Format:
    """Return a format of answers in an alphabet: A and a have codes of their own where they are two labels."""
    if name == "ascii" and not alphabet.case_head:
        return Format("", _ascii_line_as_seen)
    return FORMATS[name]
