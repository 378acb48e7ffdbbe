"""`pysar export`: the model in the forms in which others run it, and what each of them loses."""

import os
from collections.abc import Sequence
from pathlib import Path

import click
import torch

from src.common.command import Command
from src.common.files import replace_folder, write_text
from src.common.markdown_table import markdown_table
from src.features.labels import LABELS
from src.release.forms import Measured, write_forms
from src.workspace.repository import find_root

_README = """# Pysar's model

Measured on {rows} pictures, the test rows of the pipeline's split and the unseen hands, in points against float32;
times are medians for one picture on one thread.

{table}

Inputs: `image` (n, side, side) uint8, white ink on black, as `src.features.picture.normalize` makes it;
`relative_height` (n,) float32 in (0, 1], NaN where it is not known. Outputs: `label` (n, 43) logits in the order
`{labels}`; `case` (n,) logits, above 0 for uppercase; `score` (n,), larger where it looks more like a character. The
metadata of the ONNX files and the attributes of the TorchScript hold the order of labels, and the temperatures and
thresholds that make answers of logits.

The TorchScript has the normalisation, too: its method `normalize` takes a grey picture (h, w) uint8 of any size and
polarity, and returns the image (side, side) and its relative height. So it needs no Python: `examples/cpp` in Pysar's
repository is a program in C++ that reads a picture by it. It is for drawings: paper that is shaded or ruled it refuses.
"""


def readme(forms: Sequence[Measured]) -> str:
    """Return what the folder holds, how good each form is, and how to use it; the first form is the reference."""
    table = markdown_table(("file", "size", "label", "case", "time"), [_cells(form, forms[0]) for form in forms])
    return _README.format(rows=forms[0].rows, labels=LABELS, table=table)


def _cells(form: Measured, reference: Measured) -> list[str]:
    label, case = form.label - reference.label, form.case - reference.case
    return [
        form.name,
        f"{form.size / 1e6:.2f} MB",
        f"{form.label:.2%} ({100 * label:+.2f})",
        f"{form.case:.2%} ({100 * case:+.2f})",
        f"{form.milliseconds:.2f} ms",
    ]


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Write the model of the last run to FOLDER: ONNX in float32 and int8, TorchScript, and a README with figures."""
    folder = folder.absolute()
    os.chdir(find_root(Path.cwd()))
    torch.set_num_threads(1)
    with replace_folder(folder) as temporary:
        text = readme(write_forms(temporary))
        write_text(temporary / "README.md", text)
    click.echo(text)


if __name__ == "__main__":
    main()
