"""The model in the forms in which others run it, and what each of them is worth."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pandas as pd
import torch
from numpy.typing import NDArray

from src.config.paths import CALIBRATION_FILE, COMNIST_TABLE, FAMILIARITY_FILE, FINETUNED, SPLIT_TABLE
from src.data.tables.table import SPLIT_SCHEMA, label_codes, read_table, stack_images
from src.features.labels import UKRAINIAN, Alphabet
from src.models.network.weights import load_network
from src.models.rows.split_rows import rows_of
from src.models.scoring.familiarity import load_familiarity
from src.models.verdict.calibration import read_calibration
from src.prediction.model import Outputs, read_model
from src.release.onnx import Portable, export_network, write_onnx
from src.release.quantised import quantise
from src.release.script import write_script

FULL, INT8, SCRIPT = "pysar.onnx", "pysar-int8.onnx", "pysar.torchscript"
_CALIBRATION_ROWS = 400
_TIMINGS = 200

Run = Callable[[NDArray[np.uint8], NDArray[np.float32]], Outputs]


class Measured(NamedTuple):
    """A form of the model: its file, what it reads rightly, and how fast.

    rows: Test rows and unseen hands that it has read.
    label, case: Shares of them; case of the letters.
    milliseconds: For one picture, on one thread of this machine: the median.
    """

    name: str
    size: int
    rows: int
    label: float
    case: float
    milliseconds: float


class Rows(NamedTuple):
    """Pictures, their heights, and what they show, labelled by an alphabet."""

    images: NDArray[np.uint8]
    heights: NDArray[np.float32]
    frame: pd.DataFrame
    alphabet: Alphabet


class Right(NamedTuple):
    """Shares of rows whose label is read rightly, and of their letters whose case is; NaN where none has a case."""

    label: float
    case: float


def tested_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the test rows of a split table and the unseen hands: by hundreds of rows alone a loss cannot be seen.

    Raises:
        InputError: The table of unseen hands is missing, or there are no test rows.
    """
    return pd.concat([rows_of(frame, "test").drop(columns="split"), read_table(COMNIST_TABLE)], ignore_index=True)


def rows_for(frame: pd.DataFrame, alphabet: Alphabet = UKRAINIAN) -> Rows:
    """Return the rows of a sample table as a form of the model is given them."""
    return Rows(stack_images(frame), frame["relative_height"].to_numpy(np.float32), frame, alphabet)


def right(run: Run, rows: Rows) -> Right:
    """Let a form of the model read rows."""
    outputs = run(rows.images, rows.heights)
    has_case = rows.frame["is_uppercase"].notna().to_numpy()
    upper = rows.frame["is_uppercase"].fillna(value=False).to_numpy(np.bool_)
    case = ((outputs.case > 0) == upper)[has_case]
    return Right(
        float((outputs.label.argmax(axis=1) == label_codes(rows.frame, rows.alphabet)).mean()),
        float(case.mean()) if len(case) else np.nan,
    )


def whole_numbers(model: onnx.ModelProto, learned: Rows) -> onnx.ModelProto:
    """Return the model in int8, by what some of the training rows make it compute."""
    some = np.linspace(0, len(learned.images) - 1, min(_CALIBRATION_ROWS, len(learned.images))).astype(int)
    return quantise(model, learned.images[some])


def measure(path: Path, run: Run, rows: Rows) -> Measured:
    """Let a form of the model read rows, and measure how long it takes for one."""
    return Measured(path.name, path.stat().st_size, len(rows.frame), *right(run, rows), _milliseconds(run, rows))


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
    familiarity = load_familiarity(FAMILIARITY_FILE, network)
    frame = read_table(SPLIT_TABLE, SPLIT_SCHEMA)
    train, tested = rows_for(rows_of(frame, "train")), rows_for(tested_rows(frame))
    calibration = read_calibration(CALIBRATION_FILE)
    model = export_network(network, familiarity, calibration)
    onnx_forms = ((FULL, model), (INT8, whole_numbers(model, train)))
    forms = [_write_onnx(each, folder / name, tested) for name, each in onnx_forms]
    write_script(Portable(network, familiarity).eval(), calibration, folder / SCRIPT)
    return [*forms, _measure_script(folder / SCRIPT, tested)]


def _write_onnx(model: onnx.ModelProto, path: Path, test: Rows) -> Measured:
    write_onnx(model, path)
    return measure(path, read_model(path).outputs, test)


def _measure_script(path: Path, test: Rows) -> Measured:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # see `write_script`
        script = torch.jit.load(path)
    return measure(path, _by_torch(script), test)
