"""Tables, pictures and figures for people, each written whole or not at all; equal content gives equal bytes."""

from pathlib import Path
from typing import TYPE_CHECKING

from src.common.files import replace_file

if TYPE_CHECKING:  # none of them is needed to write what somebody else has made
    import pandas as pd
    from matplotlib.figure import Figure
    from PIL.Image import Image


def write_csv(table: "pd.DataFrame", path: Path) -> None:
    """Write a table's columns, without its index."""
    with replace_file(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def write_png(picture: "Image", path: Path) -> None:
    """Write a picture."""
    with replace_file(path) as temporary:
        picture.save(temporary, format="PNG", optimize=True)


def write_figure(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG, without the name and version of what drew it."""
    with replace_file(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})
