"""`pysar review`: look at drawings that were given away, and say which of them may be learned from."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np

from src.command import Command
from src.errors import InputError
from src.features.grey import Grey
from src.features.normalize import normalize
from src.prediction.picture import decode_picture
from src.serving.sample_store import ACCEPTED, NEW, REJECTED, Sample, SampleStore, read_sample
from src.serving.settings import read_settings

_BLOCKS = np.array([" ", "▀", "▄", "█"])
"""By whether the upper and the lower of two pixels are ink."""


def show(sample: Sample) -> str:
    """Return a drawing in characters, two pixels each, and below it what was answered and what it is said to be."""
    picture = decode_picture(sample.picture())
    answer = sample.answer.get("label", "?")
    case = {True: "upper", False: "lower", None: "no case"}[sample.uppercase]
    return f"{as_blocks(normalize(picture).image)}\nanswered {answer}, said to be {sample.label} ({case})"


def as_blocks(image: Grey) -> str:
    """Return a picture of even height as lines of half blocks."""
    ink = image > 127
    return "\n".join("".join(line) for line in _BLOCKS[ink[::2] + 2 * ink[1::2]])


def waiting(store: SampleStore) -> Iterator[tuple[str, Sample]]:
    """Yield id and content of each sample that nobody has reviewed, oldest first."""
    for path in sorted((store.folder / NEW).glob("*.json"), key=lambda path: path.stat().st_mtime_ns):
        yield path.stem, read_sample(path)


def ask_for_each(store: SampleStore) -> None:
    """Show each waiting sample and ask what to do with it."""
    choices = click.Choice(["a", "r", "s", "q"])
    for identity, sample in waiting(store):
        click.echo(f"\n{show(sample)}\n{identity}")
        said = click.prompt("(a)ccept, (r)eject, (s)kip, (q)uit", type=choices, show_choices=False)
        if said == "q":
            return
        if said != "s":
            store.move(identity, ACCEPTED if said == "a" else REJECTED)


@click.command(cls=Command)
@click.option("--list", "listed", is_flag=True, help="Show what waits, and ask nothing.")
@click.option("--accept", multiple=True, metavar="ID", help="May be learned from; `dvc repro` picks it up.")
@click.option("--reject", multiple=True, metavar="ID", help="Is kept and not learned from.")
@click.option("--delete", multiple=True, metavar="ID", help="Is deleted, reviewed or not.")
def main(listed: bool, accept: Sequence[str], reject: Sequence[str], delete: Sequence[str]) -> None:
    """Review drawings that were given away on the page: without options one after the other."""
    store = SampleStore(Path(read_settings().samples))
    for identity in delete:
        if not store.delete(identity):
            raise InputError(f"{identity}: no such sample; `pysar review --list` shows what waits")
    for identities, folder in ((accept, ACCEPTED), (reject, REJECTED)):
        for identity in identities:
            store.move(identity, folder)
    if listed:
        for identity, sample in waiting(store):
            click.echo(f"{show(sample)}\n{identity}\n")
    elif not (accept or reject or delete):
        ask_for_each(store)


if __name__ == "__main__":
    main()
