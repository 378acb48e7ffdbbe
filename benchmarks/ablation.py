"""What each part of the method is worth: `python -m benchmarks.ablation [ROW ...]`, on an otherwise idle machine.

Each row is the default with one change, trained on a shortened schedule and half of the large corpora by a network of a
fifth of the parameters allowed, so that the table takes less than an hour. The letters of rukopys are read in folds,
which are the same for all rows: a difference is over pairs of answers to the same letter, and its spread is the
standard error over these pairs. Letters that no fold may read without (too few) are in no figure. Rows that are done
are kept in reports/ablation, in a folder of the revision; writes benchmarks/results/ablation.json.
"""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.ablation_rows import ROWS, Row
from benchmarks.ablation_run import Right, letters_right, pretrain, read_out_of_fold, workspace
from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.digests import bytes_digest
from src.common.files import write_json
from src.config.params import Params, load_params
from src.config.paths import reports_of
from src.models.scoring.answers import Answers
from src.workspace.measurements import on_disk, revision_of

KEPT = reports_of("ablation")
RESULT = Path("benchmarks/results/ablation.json")
SHORT = {
    "network.channels": [16, 32, 64],
    "network.features": 192,
    "pretrain.epochs": 2,
    "finetune.epochs": 15,
    "finetune.frozen_epochs": 2,
}
"""The schedule and the network of every row."""
SEEDS = (1, 2, 3)
"""Of the networks of the default row, whose mean is the row `ensemble`."""

FIGURES = {
    "label": "label, all 43",
    "kind_known": "label, kind known",
    "case": "case, letters of two cases",
    "unseen": "kind known, writer never seen",
}


def params_of(row: Row, params: Params) -> Params:
    """Return the params of a row."""
    document = params.model_dump()
    for name, value in {**SHORT, **row.values}.items():
        *folders, leaf = name.split(".")
        inner = document
        for part in folders:
            inner = inner[part]
        inner[leaf] = value
    return Params.model_validate(document)


def run_rows(names: list[str], params: Params) -> dict[str, Right]:
    """Train what several rows share once, and return what each reads rightly."""
    row = replace(ROWS[names[0]], way="as it is")
    own = params_of(row, params)
    seeds = SEEDS if "ensemble" in names else SEEDS[:1]
    with tempfile.TemporaryDirectory(prefix="pysar_ablation_") as folder, workspace(Path(folder), row, own):
        pretrain(own)
        read = read_out_of_fold(own, seeds, allowed_cores())
        outcomes = {}
        for name in names:
            way = ROWS[name].way
            answers = _mean([each["as it is"] for each in read.values()]) if way == "three networks" else read[1][way]
            outcomes[name] = letters_right(answers)
        return outcomes


def _mean(answers: list[Answers]) -> Answers:
    label, case = (np.mean([getattr(each, f"{head}_logits") for each in answers], axis=0) for head in ("label", "case"))
    return replace(answers[0], label_logits=label, case_logits=case)


def groups(names: list[str]) -> list[list[str]]:
    """Return rows that share their networks together; the default's come first."""
    shared = [name for name in names if not ROWS[name].values and not ROWS[name].plain_pictures]
    alone = [[name] for name in names if name not in shared]
    return ([shared] if shared else []) + alone


def summarise(outcomes: dict[str, Right]) -> dict[str, Any]:
    """Return of each row and figure its value, and points more or less than the default with their standard error."""
    default = outcomes["default"]
    return {
        name: {
            "words": ROWS[name].words,
            **{figure: _compare(getattr(right, figure), getattr(default, figure)) for figure in FIGURES},
        }
        for name, right in outcomes.items()
    }


def _compare(own: np.ndarray, default: np.ndarray) -> dict[str, float]:
    asked = ~np.isnan(own)
    difference = 100 * (own[asked] - default[asked])
    error = float(difference.std(ddof=1) / np.sqrt(len(difference)))
    return {"value": float(own[asked].mean()), "points": float(difference.mean()), "standard_error": error}


def results_table(summary: dict[str, Any]) -> Table:
    """Return the rows as a table."""
    table = Table(title="Worth in points, against the default", title_justify="left", box=SIMPLE_HEAD)
    for header in ("row", *FIGURES.values()):
        table.add_column(header, justify="left" if header == "row" else "right")
    for name, row in summary.items():
        cells = [
            f"{row[figure]['value']:.1%}"
            if name == "default"
            else f"{row[figure]['points']:+.1f} ± {row[figure]['standard_error']:.1f}"
            for figure in FIGURES
        ]
        table.add_row(row["words"], *cells)
    return table


@click.command(cls=Command)
@click.argument("names", nargs=-1, type=click.Choice(list(ROWS)))
def main(names: tuple[str, ...]) -> None:
    """Train the rows that are not kept yet, print the table, write it."""
    params, revision = load_params(), revision_of(RESULT.name, on_disk(Path()))
    folder = KEPT / bytes_digest(json.dumps(revision).encode())[:12]
    asked = list(names) or list(ROWS)
    for together in groups([name for name in asked if not (folder / f"{name}.json").is_file()]):
        click.echo(f"training: {', '.join(together)}")
        for name, right in run_rows(together, params).items():
            write_json(folder / f"{name}.json", right.as_json())
    kept = {name: folder / f"{name}.json" for name in ROWS}
    documents = {name: json.loads(path.read_text("utf-8")) for name, path in kept.items() if path.is_file()}
    outcomes = {
        name: Right(**{figure: np.array(values, np.float64) for figure, values in document.items()})
        for name, document in documents.items()
    }
    summary = summarise(outcomes)
    Console().print(results_table(summary))
    write_json(
        RESULT, {"short": SHORT, "letters": len(outcomes["default"].label), "rows": summary, "revision": revision}
    )


if __name__ == "__main__":
    main()
