"""Small models of the Latin family, exported as the real ones are, in a repository around them."""

from pathlib import Path

import torch

from src.features.labels import Alphabet
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.scoring.familiarity import fit_familiarity
from src.prediction.model_file import TASKS
from src.release.onnx import export_network, write_onnx
from src.tasks.emnist import VARIANTS
from tests.glyphs import glyph_table
from tests.models.factory import CALIBRATION, NETWORK, typed_negatives

GLYPHS_TASK, DIGITS_TASK = "emnist-balanced", "emnist-mnist"
BALANCED = VARIANTS["balanced"].alphabet
SERVED = {GLYPHS_TASK: BALANCED, DIGITS_TASK: VARIANTS["mnist"].alphabet}
"""What the repository has, beside the Ukrainian model."""


def make_latin(root: Path) -> None:
    """Write a repository with models of two tasks: they know nothing, say so, and refuse nothing."""
    for name in ("dvc.yaml", "params.yaml"):
        (root / name).touch()
    for task, alphabet in SERVED.items():
        write_small_model(root / TASKS[task], alphabet)


def write_small_model(path: Path, alphabet: Alphabet, seed: int = 1) -> None:
    """Write an exported network that has learned nothing; another seed makes another."""
    torch.manual_seed(seed)
    network = Network(NETWORK, alphabet).eval()
    samples = make_tensors(glyph_table(2, alphabet.labels), torch.device("cpu"), alphabet)
    calibration = CALIBRATION.model_copy(update={"score_threshold": -1e9, "label_threshold": 0.999})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_onnx(export_network(network, fit_familiarity(network, samples, typed_negatives()), calibration), path)
