"""Stage `draw_sample_emnist`: printed characters in the form of EMNIST's files; as `draw_sample` is for `fetch`."""

import logging

import click

from src.common.command import Command
from src.common.files import replace_folder
from src.data.sample.printed_emnist import write_printed
from src.data.tables.sample_mark import mark_not_drawn, mark_sample
from src.tasks.emnist import RAW_SAMPLE
from src.tasks.emnist_params import load_emnist_params

logger = logging.getLogger(__name__)


@click.command(cls=Command)
def main() -> None:
    """Print the embedded sample, where data.source of the pipeline's params.yaml is sample."""
    params = load_emnist_params()
    wanted = params.data.source == "sample"
    with replace_folder(RAW_SAMPLE) as folder:
        if wanted:
            write_printed(folder, params.sample.per_class, params.sample.seed)
            mark_sample(folder)
        else:
            mark_not_drawn(folder)
    done = "printed the embedded sample" if wanted else "nothing to print, data.source is upstream"
    logger.info("%s: %s", RAW_SAMPLE, done)


if __name__ == "__main__":
    main()
