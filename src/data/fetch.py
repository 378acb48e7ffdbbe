"""Stage `fetch`: get one corpus's raw data, whole or not at all, into data/raw/<corpus>."""

import logging
from pathlib import Path

import click

from src.common.command import Command
from src.config.params import load_params
from src.config.paths import RAW, RAW_SAMPLE
from src.data.fetching.drawn_sample import copy_drawn
from src.data.fetching.fetch_corpus import fetch
from src.data.fetching.manifest import MANIFEST_FILE, find_corpus, load_manifest
from src.data.fetching.sources import mirror_of_environment

logger = logging.getLogger(__name__)


@click.command(cls=Command)
@click.argument("corpus")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    default=MANIFEST_FILE,
    help="The manifest that describes the corpora.",
)
def main(corpus: str, manifest: Path) -> None:
    """Get the raw data of CORPUS into data/raw/CORPUS: from RAW_MIRROR, upstream or the drawn sample."""
    description = find_corpus(load_manifest(manifest), corpus)
    target = RAW / corpus
    if load_params().data.source == "sample":
        copy_drawn(RAW_SAMPLE / corpus, target)
        logger.info("%s: the embedded sample", target)
        return
    fetch(description, target, mirror_of_environment())


if __name__ == "__main__":
    main()
