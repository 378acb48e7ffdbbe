"""`pysar predict`: say what picture files show."""

import sys
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import get_args

import click

from src.common.command import Command
from src.common.errors import InputError
from src.common.printable import printable
from src.common.progress import progress_bar
from src.common.reporting import check_stdout
from src.models.verdict.verdict import Kind
from src.prediction.answer import Answer
from src.prediction.formats import FORMATS, Format, format_for
from src.prediction.labelled import check_output, labels_of, read_labelled
from src.prediction.many import Asked, read_files, silence_readers
from src.prediction.model import Model, read_model
from src.prediction.model_file import TASKS, UKRAINIAN, alphabet_of, find_model
from src.prediction.picture_files import Problem, find_pictures


def predict(
    pictures: Sequence[Path], model: Model, asked: Asked, problems: list[Problem]
) -> Iterator[tuple[Path, Answer]]:
    """Yield the answer to each picture, by path; what cannot be read is reported and put to `problems`."""
    with progress_bar("reading", len(pictures)) as advance:
        for path, answer in read_files(pictures, model, asked):
            if isinstance(answer, Problem):
                report(answer, problems)
            else:
                if answer.get("more_frames"):
                    report(
                        Problem(path, "several pages or frames; only the first was read", is_harmless=True), problems
                    )
                yield path, answer
            advance(1, "")


def report(problem: Problem, problems: list[Problem]) -> None:
    """Tell of a picture that cannot be read, or of one that is read in part or under another name."""
    click.echo(printable(f"{problem.path}: {problem.reason}"), err=True)
    if not problem.is_harmless:
        problems.append(problem)


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "form_name", type=click.Choice(list(FORMATS)), default="table", help="How to print the answers."
)
@click.option("--kind", type=click.Choice(get_args(Kind)), help="What the pictures show, if you know.")
@click.option(
    "--top", type=click.IntRange(min=1), default=3, show_default=True, help="How many of the likeliest labels to show."
)
@click.option("--task", type=click.Choice(list(TASKS)), help=f"Which alphabet to read; {UKRAINIAN} by default.")
@click.option(
    "--model", help="A file, or models:/pysar@champion; by default the pipeline's model, or else the released one."
)
@click.option("--sized", is_flag=True, help="The ink's height in its picture means something, as on a ruled line.")
@click.option("--labelled", is_flag=True, help="PATHS is a folder with one folder a label: compare the answers.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="With --labelled: CSV file for the answers."
)
def main(  # noqa: PLR0913, PLR0917 - one for each option
    paths: Sequence[Path], form_name: str, kind: Kind | None, top: int, task: str | None, model: str | None,
    sized: bool, labelled: bool, output: Path | None,
) -> None:  # fmt: skip
    """Say which letters or digits pictures show: files, or folders of any depth.

    What cannot be read is reported on stderr, and the exit status is then 1.
    """
    silence_readers()
    if output and not labelled:
        raise InputError("--output goes with --labelled; redirect the answers into a file instead")
    file, asked, problems = find_model(model, Path.cwd(), task or UKRAINIAN), Asked(kind, top, sized), list[Problem]()
    reader = read_model(file)
    if (task or model is None) and reader.alphabet != alphabet_of(task or UKRAINIAN):
        raise InputError(f"{file}: it reads another alphabet than {task or UKRAINIAN}; give the --model of that task")
    if top > len(reader.alphabet):
        raise InputError(f"--top {top}: the model has {len(reader.alphabet)} labels; ask for so many or fewer")
    pictures, unreadable = find_pictures(paths)
    for problem in unreadable:
        report(problem, problems)
    answers = predict(pictures, reader, asked, problems)
    form = format_for(form_name, reader.alphabet)
    prepare_stdout(for_programs=form.for_programs and not labelled)
    if labelled:
        check_output(output, [*pictures, file])
        read_labelled(labels_of(paths, pictures, reader.alphabet), answers, reader.alphabet, output)
    else:
        print_answers(answers, form)
    if problems:
        sys.exit(1)


def prepare_stdout(*, for_programs: bool) -> None:
    """Let stdout take every character: programs are given UTF-8, a terminal escapes for what it has not.

    Raises:
        InputError: There is no stdout.
    """
    check_stdout()
    if isinstance(sys.stdout, TextIOWrapper):
        encoding = "utf-8" if for_programs else sys.stdout.encoding
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace", newline="" if for_programs else None)


def print_answers(answers: Iterator[tuple[Path, Answer]], form: Format) -> None:
    """Print each answer as soon as it is there."""
    click.echo(form.header, nl=False, file=sys.stdout)
    for path, answer in answers:
        click.echo(form.line(path, answer), nl=False, file=sys.stdout)


if __name__ == "__main__":
    main()
