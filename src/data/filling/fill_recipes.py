"""Which letter that Cyrillic-MNIST lacks is made of which that it has, and of which of its pictures."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.data.corpora.cmnist_pictures import Pictures
from src.data.corpora.sieve import find_duplicates
from src.data.filling.filled import Filled
from src.data.filling.made_letters import make_capital_soft_sign, make_ghe_with_upturn, make_ie, make_yi
from src.data.tables.source_names import CMNIST, FILL_COMPOSED, FILL_MIRRORED
from src.features.picture.grey import Grey


class Recipe(NamedTuple):
    """A letter and its case, the way of making it, the letter and case of which it is made, and the maker."""

    label: str
    is_uppercase: bool
    way: str
    base: str
    base_is_uppercase: bool
    make: Callable[[Grey, np.random.Generator], Grey | None]


RECIPES = (
    Recipe("ґ", False, FILL_COMPOSED, "г", True, partial(make_ghe_with_upturn, flattest=0.7)),
    Recipe("ґ", True, FILL_COMPOSED, "г", True, partial(make_ghe_with_upturn, flattest=1.0)),
    Recipe("є", False, FILL_MIRRORED, "э", False, make_ie),
    Recipe("є", True, FILL_MIRRORED, "э", True, make_ie),
    Recipe("ї", False, FILL_COMPOSED, "і", False, partial(make_yi, is_dotted=True)),
    Recipe("ї", True, FILL_COMPOSED, "і", True, partial(make_yi, is_dotted=False)),
    Recipe("ь", True, FILL_COMPOSED, "ь", False, make_capital_soft_sign),
)


class Batch(NamedTuple):
    """What came of one recipe: its letters, in the order of the file names of what they were made of.

    passed_over: How many pictures were tried that did not lend themselves.
    """

    source: str
    letters: list[Filled]
    passed_over: int


def make_letters(
    pictures: Pictures, per_class: Mapping[str, int], name: Callable[[str], str], seed: int
) -> list[Batch]:
    """Make letters by every recipe, of pictures chosen by seed; no picture serves two recipes.

    Args:
        pictures: Cyrillic-MNIST's; what is there twice serves once, and not at all if under two labels.
        per_class: Of each way, how many of a letter and case at most: fewer where fewer pictures lend themselves.
        name: From the name of a way or corpus to the `source` of its rows. Groups are those of Cyrillic-MNIST's sheets.
        seed: Chooses the pictures, and what is added to them.
    """
    usable = _usable(pictures)
    batches = []
    for number, recipe in enumerate(RECIPES):
        generator = np.random.default_rng([seed, number])
        rows = generator.permutation(_share(recipe, pictures, usable))
        made, passed_over = _follow(recipe, pictures.images, rows, per_class[recipe.way], generator)
        letters = [
            Filled(
                picture,
                recipe.label,
                recipe.is_uppercase,
                source=name(recipe.way),
                filename=str(pictures.table["filename"].iloc[row]),
                group=f"{name(CMNIST)}/{pictures.table['sheet'].iloc[row]}",
            )
            for row, picture in sorted(made.items())
        ]
        batches.append(Batch(name(recipe.way), letters, passed_over))
    return batches


def _usable(pictures: Pictures) -> NDArray[np.intp]:
    """Return the rows whose letter and case are known, the first only of those with the same pixels."""
    rows = np.flatnonzero(pictures.table["is_uppercase"].notna())
    table = pictures.table.iloc[rows]
    labels = list(zip(table["letter"], table["is_uppercase"], strict=True))
    duplicates = find_duplicates((image.tobytes() for image in pictures.images[rows]), labels)
    return rows[~(duplicates.conflicting | duplicates.repeated)]


def _share(recipe: Recipe, pictures: Pictures, usable: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows that a recipe may use: recipes with the same base take turns."""
    base = (recipe.base, recipe.base_is_uppercase)
    rivals = [other for other in RECIPES if (other.base, other.base_is_uppercase) == base]
    table = pictures.table.iloc[usable]
    rows = usable[(table["letter"] == recipe.base) & (table["is_uppercase"] == recipe.base_is_uppercase)]
    return rows[rivals.index(recipe) :: len(rivals)]


def _follow(
    recipe: Recipe, images: NDArray[np.uint8], rows: NDArray[np.intp], count: int, generator: np.random.Generator
) -> tuple[dict[int, Grey], int]:
    """Return up to `count` letters by the row of which each was made, and how many rows did not lend themselves."""
    made: dict[int, Grey] = {}
    tried = 0
    for row in rows:
        if len(made) == count:
            break
        tried += 1
        picture = recipe.make(images[row], generator)
        if picture is not None:
            made[int(row)] = picture
    return made, tried - len(made)
