"""Stage `draw_sample`: the embedded sample, drawn by our own stroke writer into data/raw_sample/<corpus>.

It is not a part of `fetch`, which reads what is drawn here: a changed letterform then downloads nothing. Where
data.source is upstream nothing is drawn, what is written is always the same, and `fetch` is up to date.
"""

import logging
from pathlib import Path

import click

from src.common.command import Command
from src.common.files import replace_folder
from src.config.params import load_params
from src.config.paths import RAW_SAMPLE
from src.config.sections import Sample
from src.data.sample.write import SAMPLE_CORPORA, write_sample
from src.data.tables.sample_mark import mark_not_drawn, mark_sample

logger = logging.getLogger(__name__)


def draw_sample(target: Path, settings: Sample | None) -> None:
    """Write each corpus's folder of the sample into `target`, or what says that none was drawn.

    Args:
        target: The folder of them all.
        settings: How large the sample is; None where it is not asked for.

    Raises:
        OSError: The disk is full or a folder cannot be written; each is as it was, or whole.
    """
    for corpus in SAMPLE_CORPORA:
        with replace_folder(target / corpus) as folder:
            if settings is None:
                mark_not_drawn(folder)
            else:
                write_sample(corpus, folder, settings)
                mark_sample(folder)


@click.command(cls=Command)
def main() -> None:
    """Draw the embedded sample, where data.source of params.yaml is sample."""
    params = load_params()
    wanted = params.data.source == "sample"
    draw_sample(RAW_SAMPLE, params.sample if wanted else None)
    logger.info(
        "%s: %s", RAW_SAMPLE, "drew the embedded sample" if wanted else "nothing to draw, data.source is upstream"
    )


if __name__ == "__main__":
    main()
