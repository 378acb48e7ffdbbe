"""`pysar review`: look at drawings that were given away, and say which of them may be learned from."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import click
import numpy as np

from src.common.command import Command
from src.common.errors import InputError
from src.common.printable import printable
from src.common.reporting import check_stdout
from src.data.corpora.given_drawing import GivenDrawing
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize
from src.serving.routes.given import read_drawing
from src.serving.settings import S3, Settings, drawing_folder, read_settings
from src.serving.store.drawing_store import ACCEPTED, REJECTED, DrawingStore, NoSuchDrawingError

_BLOCKS = np.array([" ", "▀", "▄", "█"])
"""By whether the upper and the lower of two pixels are ink."""
_TOLD = 20
"""Characters that are shown of an answer: an older sample may have any."""


def show(sample: GivenDrawing) -> str:
    """Return a drawing in characters, two pixels each, and below it what was answered and what it is said to be.

    Raises:
        InputError: Its image is no drawing of the page's.
    """
    picture = read_drawing(sample)
    answer = printable(str(sample.answer.get("label") or "?")[:_TOLD])
    case = {True: "upper", False: "lower", None: "no case"}[sample.uppercase]
    return f"{as_blocks(normalize(picture).image)}\nanswered {answer}, said to be {sample.label} ({case})"


def as_blocks(image: Grey) -> str:
    """Return a picture of even height as lines of half blocks."""
    ink = image > 127
    return "\n".join("".join(line) for line in _BLOCKS[ink[::2] + 2 * ink[1::2]])


class Reviewed(Protocol):
    """Where samples are: on disk, or in a bucket."""

    def waiting(self) -> list[str]:
        """Return the ids of samples that nobody has reviewed, oldest first."""

    def read(self, identity: str) -> GivenDrawing:
        """Return a sample that waits; NoSuchDrawingError where its writer has taken it back."""

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders."""

    def delete(self, identity: str) -> bool:
        """Delete a sample, and say whether there was one."""


def open_drawings(settings: Settings) -> Reviewed:
    """Return the samples that the service keeps with these settings."""
    if not settings.samples.startswith(S3):
        store = DrawingStore(drawing_folder(settings, Path.cwd()))
        store.tidy()
        return store
    from src.serving.store.bucket import Bucket  # noqa: PLC0415 - boto3 takes a second, and most reviewers need none

    return Bucket(settings.samples)


def show_each(samples: Reviewed) -> Iterator[str]:
    """Show each waiting sample and yield its id; what is no sample is told of, and does not end the review.

    Raises:
        InputError: Afterwards, there was such.
    """
    faults = 0
    for identity in samples.waiting():
        try:
            shown = _shown(samples, identity)
        except NoSuchDrawingError:  # taken back a moment ago
            continue
        except InputError as error:
            click.echo(printable(str(error)), err=True)
            faults += 1
        else:
            click.echo(f"\n{shown}\n{identity}")
            yield identity
    if faults:
        raise InputError(f"{faults} of what waits cannot be reviewed, as it says above")


def _shown(samples: Reviewed, identity: str) -> str:
    sample = samples.read(identity)
    try:
        return show(sample)
    except InputError as error:
        raise InputError(f"{identity}: its image is no drawing ({error}); delete it") from None


def ask_for_each(samples: Reviewed) -> None:
    """Show each waiting sample and ask what to do with it.

    Raises:
        InputError: There is nobody to ask.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed, where it asks; name drawings with --accept, --reject and --delete")
    choices = click.Choice(["a", "r", "s", "q"])
    for identity in show_each(samples):
        said = click.prompt("(a)ccept, (r)eject, (s)kip, (q)uit", type=choices, show_choices=False)
        if said == "q":
            return
        if said != "s":
            try:
                samples.read(identity)  # another reviewer's word stands
                samples.move(identity, ACCEPTED if said == "a" else REJECTED)
            except NoSuchDrawingError:
                click.echo("its writer has taken it back in the meantime, or somebody else has reviewed it")


@click.command(cls=Command)
@click.option("--list", "listed", is_flag=True, help="Show what waits and ask nothing.")
@click.option("--accept", multiple=True, metavar="ID", help="Accept this drawing: the next `dvc repro` learns from it.")
@click.option(
    "--reject", multiple=True, metavar="ID", help="Reject this drawing: it is kept, and nothing learns from it."
)
@click.option("--delete", multiple=True, metavar="ID", help="Delete this drawing, whether it was reviewed or not.")
def main(listed: bool, accept: Sequence[str], reject: Sequence[str], delete: Sequence[str]) -> None:
    """Review the drawings that people gave on the page; without options, one after the other.

    They lie in data/collected, or where PYSAR_SERVE_SAMPLES says. The pipeline learns from what is in
    data/collected/accepted; if you accept drawings elsewhere, copy them there.
    """
    check_stdout()
    samples = open_drawings(read_settings())
    for identity in delete:
        if not samples.delete(identity):
            raise NoSuchDrawingError(identity)
    for identities, folder in ((accept, ACCEPTED), (reject, REJECTED)):
        for identity in identities:
            samples.move(identity, folder)
    if listed:
        for _ in show_each(samples):
            pass
    elif not (accept or reject or delete):
        ask_for_each(samples)


if __name__ == "__main__":
    main()
