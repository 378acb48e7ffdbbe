"""Answers as lines of text."""

import csv
import json
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from src.features.labels import Alphabet, is_digit
from src.prediction.answer import Answer

_COLUMNS = ("path", "label", "uppercase", "p_label", "p_uppercase", "is_character", "score", "top")
_CASES = MappingProxyType({True: "upper", False: "lower", None: "?"})
_TABLE = "{label:5} {case:5} {sure:>6}  {top:24}  {path}"


class Format(NamedTuple):
    """A way of printing: the line above all, and that of one picture."""

    header: str | None
    line: Callable[[Path, Answer], str]


def as_document(path: Path, answer: Answer) -> dict[str, object]:
    """Return an answer with the POSIX path of its picture first."""
    return {"path": path.as_posix(), **answer}


def _json_line(path: Path, answer: Answer) -> str:
    return json.dumps(as_document(path, answer), ensure_ascii=False)


def _csv_line(path: Path, answer: Answer) -> str:
    document = as_document(path, answer)
    return csv_row(["" if document[name] is None else _csv_cell(document[name]) for name in _COLUMNS])


def csv_row(cells: list[str]) -> str:
    """Return cells as a line of CSV (RFC 4180), without its end."""
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _csv_cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table_line(path: Path, answer: Answer) -> str:
    case = "" if is_digit(answer["label"]) else _CASES[answer["uppercase"]]
    others = "  ".join(f"{each['label']} {each['p']:.0%}" for each in answer["top"][1:])
    label = answer["label"].upper() if answer["uppercase"] else answer["label"]
    return _TABLE.format(
        label=label, case=case, sure=f"{answer['p_label']:.1%}",
        top=_doubt(answer) or others, path=path.as_posix(),
    )  # fmt: skip


def _doubt(answer: Answer) -> str:
    if not answer["is_character"]:
        return "not a character?"
    others = "  ".join(each["label"] for each in answer["top"][1:])
    return f"unsure: {others}" if answer.get("unsure") else ""


def _ascii_line(path: Path, answer: Answer) -> str:
    return f"{ord(answer['label'].upper())}, {path.as_posix()}"


def _ascii_line_as_seen(path: Path, answer: Answer) -> str:
    return f"{ord(answer['label'])}, {path.as_posix()}"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "table": Format(_TABLE.format(label="label", case="case", sure="sure", top="or", path="path"), _table_line),
        "csv": Format(",".join(_COLUMNS), _csv_line),
        "jsonl": Format(None, _json_line),
        "ascii": Format(None, _ascii_line),
    }
)
"""The values of --format."""


def format_for(name: str, alphabet: Alphabet) -> Format:
    """Return a format of answers in an alphabet: A and a have codes of their own where they are two labels."""
    if name == "ascii" and not alphabet.case_head:
        return Format(None, _ascii_line_as_seen)
    return FORMATS[name]
