"""Stage `fetch_emnist`: all of EMNIST, or the part of it that a mirror may hold where all is not to be had."""

import logging
from pathlib import Path

import click

from src.common.command import Command
from src.data.fetching.download import PATIENCE, Patience
from src.data.fetching.drawn_sample import copy_drawn
from src.data.fetching.fetch_corpus import NotToBeHadError, fetch
from src.data.fetching.manifest import Corpus, find_corpus, load_manifest
from src.data.fetching.sources import Mirror, mirror_of_environment
from src.tasks.emnist import PIPELINE, RAW, RAW_SAMPLE
from src.tasks.emnist_params import load_emnist_params

MANIFEST = PIPELINE / "corpora.yaml"

logger = logging.getLogger(__name__)


def fetch_emnist(
    whole: Corpus, part: Corpus, target: Path, mirror: Mirror | None, patience: Patience = PATIENCE
) -> None:
    """Put the files of the whole corpus into `target` or, where no place gives it, those of its part.

    Raises:
        WorkError: Neither is to be had, or what came is damaged, hostile or of a wrong hash.
        OSError: The disk is full, or there is no permission.
    """
    try:
        fetch(whole, target, mirror, patience)
    except NotToBeHadError as error:
        logger.warning("%s; taking the part instead, of which we make splits of our own", error)
        fetch(part, target, mirror, patience)


@click.command(cls=Command)
def main() -> None:
    """Get EMNIST's files into data/emnist/raw: from RAW_MIRROR, upstream or the printed sample."""
    if load_emnist_params().data.source == "sample":
        copy_drawn(RAW_SAMPLE, RAW)
        logger.info("%s: the embedded sample", RAW)
        return
    whole, part = find_corpus(load_manifest(MANIFEST), "whole"), find_corpus(load_manifest(), "emnist")
    fetch_emnist(whole, part, RAW, mirror_of_environment())


if __name__ == "__main__":
    main()
