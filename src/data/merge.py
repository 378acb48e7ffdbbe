"""Stage merge: the letters of rukopys, a few digits of MNIST and what people gave away become one sample table."""

import logging
from typing import Any

import click
import numpy as np
import pandas as pd

from src.common.command import Command
from src.common.errors import InputError
from src.common.files import write_json
from src.config.params import load_params
from src.config.paths import COLLECTED_TABLE, MERGED_TABLE, MNIST_TABLE, RUKOPYS_TABLE, details_of
from src.data.corpora.counts import count_rows
from src.data.splitting.published_split import published_digits
from src.data.tables.source_names import MNIST_TEST, MNIST_TRAIN, comes_from, holds_sample
from src.data.tables.table import read_table, write_table
from src.features.labels import DIGITS

DETAILS = details_of("merge")

logger = logging.getLogger(__name__)


def draw_digits(mnist: pd.DataFrame, per_class: int, test_size: float, seed: int) -> pd.DataFrame:
    """Draw `per_class` digits of each class by seed, in the order of MNIST's files.

    A share of `test_size` comes from MNIST's test file and the rest from its training file, at least one from each. A
    training digit whose pixels are in the test file too is never drawn: its group could not be kept whole.

    Raises:
        InputError: A class has too few digits in one of the files.
    """
    from_test = min(max(round(per_class * test_size), 1), per_class - 1)
    is_test = comes_from(mnist, MNIST_TEST)
    is_train = comes_from(mnist, MNIST_TRAIN) & ~mnist["group"].isin(mnist.loc[is_test, "group"])
    generator = np.random.default_rng(seed)
    drawn = [
        _draw(mnist[belongs & (mnist["label"] == digit)], count, f"digit {digit} of MNIST's {name} file", generator)
        for digit in DIGITS
        for belongs, count, name in ((is_train, per_class - from_test, "training"), (is_test, from_test, "test"))
    ]
    return pd.concat(drawn, ignore_index=True)


def _draw(rows: pd.DataFrame, count: int, what: str, generator: np.random.Generator) -> pd.DataFrame:
    if len(rows) < count:
        raise InputError(f"{what}: {len(rows)} where {count} are needed; lower merge.digits_per_class in params.yaml")
    return rows.iloc[np.sort(generator.choice(len(rows), count, replace=False))]


def join(letters: pd.DataFrame, digits: pd.DataFrame, collected: pd.DataFrame) -> pd.DataFrame:
    """Put the digits before the letters and given drawings behind them; all keep their order."""
    return pd.concat([digits, letters, collected], ignore_index=True)


def summarise(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the details: counts of rows in all, by source, kind and case."""
    by_source = frame["source"].value_counts(sort=False)
    sources = {str(source): int(count) for source, count in by_source.items()}
    return {"sample": holds_sample(frame), **count_rows(frame), "source": sources}


@click.command(cls=Command)
def main() -> None:
    """Join the letters with digits, as merge.* and split.* of params.yaml say, and with given drawings."""
    params = load_params()
    letters, mnist, collected = (read_table(path) for path in (RUKOPYS_TABLE, MNIST_TABLE, COLLECTED_TABLE))
    if params.split.mode == "published":
        digits = published_digits(mnist)
    else:
        digits = draw_digits(mnist, params.merge.digits_per_class, params.split.test_size, params.merge.seed)
    frame = join(letters, digits, collected)
    write_table(frame, MERGED_TABLE)
    write_json(DETAILS, summarise(frame))
    logger.info("%s: %d letters, %d digits, %d given drawings", MERGED_TABLE, len(letters), len(digits), len(collected))


if __name__ == "__main__":
    main()
