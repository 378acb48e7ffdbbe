"""Answers to pictures whose labels are known from the names of their folders."""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.common.errors import InputError
from src.common.files import replace_file
from src.features.labels import Alphabet, is_digit
from src.prediction.answer import Answer
from src.prediction.csv_lines import csv_line, path_cell

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


def labels_of(roots: Sequence[Path], pictures: Sequence[Path], alphabet: Alphabet) -> dict[Path, Known]:
    """Return what pictures show by the names of their folders.

    Raises:
        InputError: A picture is in no folder named after a label, there is none, or there are several roots.
    """
    if len(roots) != 1 or not roots[0].is_dir():
        raise InputError("--labelled: give one folder, with a folder in it for each label")
    root = roots[0]
    tells_case = any(folder.name != folder.name.lower() for folder in root.iterdir() if folder.is_dir())
    known = {path: label_of(path, root, alphabet, tells_case=tells_case) for path in pictures}
    if not known:
        raise InputError(f"{root}: no pictures in it; give a folder with a folder in it for each label")
    return known


def check_output(output: Path | None, inputs: Iterable[Path]) -> None:
    """Make sure that the answers do not take the place of what is read: a picture, or the model.

    Raises:
        InputError: They would.
    """
    if output is not None and os.path.realpath(output) in map(os.path.realpath, inputs):
        raise InputError(f"--output {output}: it is one of the files that are read; name another")


def read_labelled(
    known: Mapping[Path, Known], answers: Iterable[tuple[Path, Answer]], alphabet: Alphabet, output: Path | None
) -> None:
    """Compare answers with what is known: print accuracy and confusions, write each picture's line as CSV.

    Raises:
        InputError: No picture was read.
        OSError: The file cannot be written; that is tried before a picture is read.
    """
    with _writer(output) as write:
        compared = [Compared(path, known[path], answer) for path, answer in answers]
        if not compared:
            raise InputError("none of the pictures can be read")
        Console().print(confusion_table(compared, alphabet))
        click.echo(accuracy_line(compared))
        write("".join([csv_line(_COLUMNS), *map(_csv_line, compared)]))


@contextmanager
def _writer(output: Path | None) -> Iterator[Callable[[str], object]]:
    """Yield what writes a text: into a file at once, into a device or a pipe as it comes."""
    if output is None:
        yield lambda _: None
    elif output.exists() and not output.is_file():
        with output.open("w", encoding="utf-8", newline="") as stream:
            yield stream.write
    else:
        with replace_file(_behind_links(output)) as temporary:
            temporary.touch()
            yield lambda text: temporary.write_text(text, "utf-8", newline="")


def _behind_links(output: Path) -> Path:
    try:
        return output.resolve()
    except RuntimeError:  # what pathlib raises
        raise InputError(f"--output {output}: a link that leads to itself; name another file") from None


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
    cells = (known.label, known.uppercase, answer["label"], answer["uppercase"], answer["p_label"], compared.is_right)
    told = ["" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in cells]
    return csv_line([path_cell(path), *told])
