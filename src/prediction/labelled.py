"""Answers to pictures whose labels are known from the names of their folders."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.errors import InputError
from src.features.labels import Alphabet, is_digit
from src.files import write_text
from src.prediction.answer import Answer
from src.prediction.formats import csv_row

_COLUMNS = ("path", "label", "uppercase", "predicted", "predicted_uppercase", "p_label", "right")


class Known(NamedTuple):
    """What a picture shows; uppercase is None where its folder's name does not tell."""

    label: str
    uppercase: bool | None


class Compared(NamedTuple):
    """A picture, what it shows, and what was answered."""

    path: Path
    known: Known
    answer: Answer

    @property
    def is_right(self) -> bool:
        """Whether the label is right."""
        return self.answer["label"] == self.known.label


def label_of(path: Path, root: Path, alphabet: Alphabet, *, tells_case: bool) -> Known:
    """Return what a picture shows: the name of the folder below `root` that it lies in.

    Args:
        path: Of the picture.
        root: Of the folders.
        alphabet: Of the model.
        tells_case: Whether folders are named in both cases: а then is lowercase; otherwise its case is not known.

    Raises:
        InputError: It lies in none, or the folder's name is no label.
    """
    parts = path.relative_to(root).parts
    # Some systems keep й and ї as two characters.
    name = unicodedata.normalize("NFC", parts[0]) if len(parts) > 1 else ""
    label = alphabet.label_of(name)
    if label is None:
        labels = alphabet.labels
        raise InputError(f"{path}: not in a folder named after one of {labels}; with --labelled each picture must be")
    if not alphabet.case_head:
        return Known(label, alphabet.is_uppercase(label))
    is_upper = name != label
    known = not is_digit(label) and (is_upper or tells_case)
    return Known(label, is_upper if known else None)


def read_labelled(
    roots: Sequence[Path], answers: Iterable[tuple[Path, Answer]], alphabet: Alphabet, output: Path | None
) -> None:
    """Compare answers with the names of folders: print accuracy and confusions, write each picture's line as CSV.

    Raises:
        InputError: A picture is in no folder named after a label, there is none, or there are several roots.
    """
    if len(roots) != 1 or not roots[0].is_dir():
        raise InputError("--labelled: give one folder, with a folder in it for each label")
    root = roots[0]
    tells_case = any(folder.name != folder.name.lower() for folder in root.iterdir() if folder.is_dir())
    compared = [
        Compared(path, label_of(path, root, alphabet, tells_case=tells_case), answer) for path, answer in answers
    ]
    if not compared:
        raise InputError(f"{root}: no pictures in it; give a folder with a folder in it for each label")
    console = Console()
    console.print(confusion_table(compared, alphabet))
    click.echo(accuracy_line(compared))
    if output:
        write_text(output, "\n".join([",".join(_COLUMNS), *map(_csv_line, compared)]) + "\n")


def accuracy_line(compared: Sequence[Compared]) -> str:
    """Say how many labels, and cases where they are known, are right; a case left open is not."""
    right = sum(each.is_right for each in compared)
    line = f"label: {right / len(compared):.2%} ({right} of {len(compared)})"
    cased = [each for each in compared if each.known.uppercase is not None]
    if cased:
        same = sum(each.answer["uppercase"] == each.known.uppercase for each in cased)
        line += f", case: {same / len(cased):.2%} ({same} of {len(cased)})"
    return line


def confusion_table(compared: Sequence[Compared], alphabet: Alphabet) -> Table:
    """Return of each label how many are right, and what the others were taken for, most often first."""
    table = Table(box=SIMPLE_HEAD)
    for header in ("label", "pictures", "right", "taken for"):
        table.add_column(header, justify="left" if header in {"label", "taken for"} else "right")
    for label in alphabet.labels:
        rows = [each for each in compared if each.known.label == label]
        if rows:
            right = sum(each.is_right for each in rows)
            wrong = Counter(each.answer["label"] for each in rows if not each.is_right)
            words = "  ".join(f"{other} {count}" for other, count in wrong.most_common())
            table.add_row(label, str(len(rows)), f"{right / len(rows):.1%}", words)
    return table


def _csv_line(compared: Compared) -> str:
    path, known, answer = compared
    cells = (path.as_posix(), known.label, known.uppercase, answer["label"], answer["uppercase"], answer["p_label"],
             compared.is_right)  # fmt: skip
    return csv_row(
        ["" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in cells]
    )
