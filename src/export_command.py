"""`pysar export`: the model in the forms in which others run it, and what each of them loses."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import onnx
import pandas as pd
import torch
from numpy.typing import NDArray

from src.command import Command
from src.data.table import SPLIT_SAMPLES, read_table, stack_images
from src.features.labels import CODES, LABELS
from src.files import replace_folder, write_text
from src.models.evaluation_inputs import CALIBRATION, FAMILIARITY, FINETUNED, TABLE
from src.models.calibrated import read_calibration
from src.models.export import Portable, export_network, write_onnx
from src.models.familiarity import load_familiarity
from src.models.quantised import quantise
from src.models.weights import load_network
from src.prediction.model import Model, Outputs
from src.repository import find_root

_CALIBRATION_ROWS = 400
_TIMINGS = 200

Run = Callable[[NDArray[np.uint8], NDArray[np.float32]], Outputs]


class Measured(NamedTuple):
    """A form of the model: its file, what it reads rightly of the test rows, and how fast.

    label, case: Shares of the test rows; case of the letters.
    milliseconds: For one picture, on one thread of this machine: the median.
    """

    name: str
    size: int
    label: float
    case: float
    milliseconds: float


class Rows(NamedTuple):
    """Pictures, their heights, and what they show."""

    images: NDArray[np.uint8]
    heights: NDArray[np.float32]
    frame: pd.DataFrame


def rows_of(frame: pd.DataFrame, split: str) -> Rows:
    """Return the rows of one split."""
    rows = frame[frame["split"] == split].reset_index(drop=True)
    return Rows(stack_images(rows), rows["relative_height"].to_numpy(np.float32), rows)


def measure(path: Path, run: Run, rows: Rows) -> Measured:
    """Let a form of the model read rows."""
    outputs = run(rows.images, rows.heights)
    codes = rows.frame["label"].map(CODES).to_numpy()
    has_case = rows.frame["is_uppercase"].notna().to_numpy()
    upper = rows.frame["is_uppercase"].fillna(value=False).to_numpy(np.bool_)
    label = float((outputs.label.argmax(axis=1) == codes).mean())
    case = float(((outputs.case > 0) == upper)[has_case].mean())
    return Measured(path.name, path.stat().st_size, label, case, _milliseconds(run, rows))


def _milliseconds(run: Run, rows: Rows) -> float:
    image, height = rows.images[:1], rows.heights[:1]
    seconds = []
    for _ in range(_TIMINGS):
        started = time.perf_counter()
        run(image, height)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds[_TIMINGS // 10 :]))


def _by_torch(module: torch.nn.Module) -> Run:
    @torch.no_grad()
    def run(images: NDArray[np.uint8], heights: NDArray[np.float32]) -> Outputs:
        return Outputs(*(part.numpy() for part in module(torch.from_numpy(images), torch.from_numpy(heights))))

    return run


def write_forms(folder: Path) -> list[Measured]:
    """Write all forms of the model of the last run, and return what each is worth.

    Raises:
        InputError: A stage of the pipeline has not run.
    """
    network = load_network(FINETUNED).eval()
    familiarity = load_familiarity(FAMILIARITY, network)
    frame = read_table(TABLE, SPLIT_SAMPLES)
    train, test = rows_of(frame, "train"), rows_of(frame, "test")
    model = export_network(network, familiarity, read_calibration(CALIBRATION))
    some = np.linspace(0, len(train.images) - 1, _CALIBRATION_ROWS).astype(int)
    forms = []
    for name, each in (("pysar.onnx", model), ("pysar-int8.onnx", quantise(model, train.images[some], train.heights[some]))):
        write_onnx(each, folder / name)
        forms.append(measure(folder / name, Model(each.SerializeToString(), name).outputs, test))
    module = Portable(network, familiarity).eval()
    script = torch.jit.trace(module, (torch.from_numpy(test.images[:2]), torch.from_numpy(test.heights[:2])))
    script.save(folder / "pysar.torchscript")
    forms.append(measure(folder / "pysar.torchscript", _by_torch(script), test))
    return forms


def readme(forms: list[Measured], rows: int) -> str:
    """Return what the folder holds, and how to use it."""
    reference = forms[0]
    lines = [
        f"| {form.name} | {form.size / 1e6:.2f} MB | {form.label:.2%} ({100 * (form.label - reference.label):+.2f}) "
        f"| {form.case:.2%} ({100 * (form.case - reference.case):+.2f}) | {form.milliseconds:.2f} ms |"
        for form in forms
    ]
    return "\n".join(
        [
            "# Pysar's model", "",
            f"Measured on the {rows} test rows of the pipeline's split, in points against float32; times are medians "
            "for one picture on one thread.", "",
            "| file | size | label | case | time |", "|---|---:|---:|---:|---:|", *lines, "",
            "Inputs: `image` (n, 28, 28) uint8, white ink on black, made by `src.features.normalize`; "
            "`relative_height` (n,) float32 in (0, 1], NaN where it is not known. Outputs: `label` (n, 43) logits in "
            f"the order `{LABELS}`; `case` (n,) logits, above 0 for uppercase; `score` (n,), larger for characters. "
            "The ONNX files' metadata hold the order of labels, and the temperatures and thresholds of answers.", "",
        ]
    )  # fmt: skip


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Write the model of the last run to FOLDER: ONNX in float32 and int8, TorchScript, and a README with figures."""
    folder = folder.absolute()
    os.chdir(find_root(Path.cwd()))
    torch.set_num_threads(1)
    with replace_folder(folder) as temporary:
        forms = write_forms(temporary)
        rows = (read_table(TABLE, SPLIT_SAMPLES)["split"] == "test").sum()
        text = readme(forms, int(rows))
        write_text(temporary / "README.md", text)
    click.echo(text)


if __name__ == "__main__":
    main()
