"""`pysar repro`: the whole pipeline, on the embedded sample where the raw data cannot be had."""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console

from src.common.command import Command
from src.common.errors import check_installed
from src.common.leftovers import remove_leftovers
from src.config.params import PARAMS_FILE, load_params
from src.config.paths import EVALUATED, RAW, RAW_SAMPLE
from src.data.fetching.manifest import Manifest, load_manifest
from src.data.tables.sample_mark import is_sample
from src.results.run import read_metrics, results_table
from src.workspace.repository import MIRROR_VARIABLE, ask_dvc, find_root, run_dvc
from src.workspace.sample_checkout import FOLDER, copy_checkout

SHORT: dict[str, int | float] = {
    "fill.drawn_per_class": 10,
    "fill.printed_per_class": 10,
    "pretrain.epochs": 4,
    "finetune.epochs": 12,
    "finetune.frozen_epochs": 2,
}
"""What shortens a run on the embedded sample, which shows that everything works; it runs with the others, too."""
WITHIN_SECONDS = 20.0

NEXT = """Where to look next:
  reports/evaluate/errors.png             every wrong answer with its three most probable labels
  make ui                                 MLflow: curves, params and models of every run
  .venv/bin/dvc plots show                curves and confusion matrices as a web page
  . .venv/bin/activate; dvc exp run -S finetune.learning_rate=0.002      an experiment; compare with `make experiments`
"""
CHOSEN_SAMPLE = """These figures are of the embedded sample. For the real data set data.source: upstream in params.yaml.
"""
COPY = f"""These figures are of the embedded sample, and all that was made is in {FOLDER}/, a copy of this checkout:
  cd {FOLDER}                               before the commands above; each `make repro` here brings the copy up to date
  RAW_MIRROR=folder-or-URL make repro     the real data, here, where upstream cannot be reached
"""

logger = logging.getLogger(__name__)


def must_fall_back(source: str, at_hand: Callable[[], bool], answer: Callable[[], bool]) -> bool:
    """Tell, in the log too, whether only the embedded sample is left to run on.

    Args:
        source: data.source of params.yaml.
        at_hand: Tells whether upstream's raw data are here already; asked for upstream only.
        answer: Tells whether they can be fetched; asked where they are not here.
    """
    if source == "sample":
        if os.environ.get(MIRROR_VARIABLE):
            logger.warning("%s is not asked: params.yaml says data.source: sample", MIRROR_VARIABLE)
        return False
    if at_hand():
        return False
    logger.info("asking for the raw data, at most %.0f s", WITHIN_SECONDS)
    if answer():
        return False
    logger.warning(
        "the raw data cannot be had: neither %s (%s) nor upstream gave them within %.0f s; "
        "running the pipeline on the embedded sample instead, in short, in %s/, a copy of this checkout",
        MIRROR_VARIABLE,
        os.environ.get(MIRROR_VARIABLE) or "not set",
        WITHIN_SECONDS,
        FOLDER,
    )
    return True


def raw_data_at_hand(root: Path, corpora: Collection[str]) -> bool:
    """Tell whether upstream's raw data lie in data/raw, or in DVC's cache, from where DVC puts them there."""
    missing = [corpus for corpus in corpora if not (root / RAW / corpus).is_dir() or is_sample(root / RAW / corpus)]
    if not missing:
        return True
    stages = [f"fetch@{corpus}" for corpus in missing]
    if all((root / RAW_SAMPLE / corpus).is_dir() for corpus in missing):
        plan = ask_dvc(["repro", "--dry", *stages], root)
        return not any(stage.startswith("fetch@") for stage in stages_to_run(plan))
    # A fresh clone lacks what the stages need, and `repro --dry` would fail.
    return only_deleted(json.loads(ask_dvc(["status", "--json", *stages], root)))


def only_deleted(status: Mapping[str, Sequence[str | Mapping[str, Mapping[str, object]]]]) -> bool:
    """Tell from the answer to `dvc status --json` whether nothing has changed, and what is missing is in the cache."""
    changes = [change for parts in status.values() for change in parts]
    return all(
        state == "deleted"
        for change in changes
        for states in (change.values() if isinstance(change, Mapping) else [{"": change}])
        for state in states.values()
    )


def stages_to_run(plan: str) -> set[str]:
    """Return the stages that DVC would run, not just check out of its cache, from the answer to `repro --dry`."""
    running = set(re.findall(r"^Running stage '([^']+)'", plan, re.MULTILINE))
    cached = set(re.findall(r"^Stage '([^']+)' is cached", plan, re.MULTILINE))
    return running - cached


def _sources_answer(manifest: Manifest) -> bool:
    from src.data.fetching.sources import parse_mirror, sources_answer  # noqa: PLC0415  # needed once: httpx is slow to import

    mirror = parse_mirror(os.environ.get(MIRROR_VARIABLE, ""), Path.cwd())
    return sources_answer(manifest.values(), mirror, WITHIN_SECONDS)


@click.command(cls=Command)
def main() -> None:
    """Run every stage that is not up to date, and show the results."""
    root = find_root(Path.cwd())
    check_installed("dvc")
    remove_leftovers(root)
    params, manifest = load_params(root / PARAMS_FILE), load_manifest()
    fall_back = must_fall_back(
        params.data.source,
        at_hand=lambda: raw_data_at_hand(root, manifest),
        answer=lambda: _sources_answer(manifest),
    )
    place = copy_checkout(root, {"data.source": "sample", **SHORT}) if fall_back else root
    status = run_dvc(["repro"], place)
    if status:
        sys.exit(status)
    metrics = read_metrics(place / EVALUATED)
    Console().print("\n", results_table(metrics), sep="")
    click.echo(NEXT)
    if metrics.corpus == "sample":
        click.echo(COPY if fall_back else CHOSEN_SAMPLE)
