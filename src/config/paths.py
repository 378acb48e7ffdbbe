"""Where every table, model and report lies, from the root of the repository; dvc.yaml says which stage makes which."""

from pathlib import Path

DATA = Path("data")
MODELS = Path("models")
REPORTS = Path("reports")
"""The folders with a folder, or a file, for each task, corpus or stage."""

RAW = DATA / "raw"
"""A folder for each corpus, as `fetch` leaves it."""
RAW_MNIST = RAW / "mnist"
RAW_RUKOPYS = RAW / "rukopys"
RAW_CMNIST = RAW / "cmnist"
RAW_COMNIST = RAW / "comnist"
RAW_EMNIST = RAW / "emnist"
RAW_SAMPLE = DATA / "raw_sample"
"""A folder for each corpus, as `draw_sample` leaves it."""

COLLECTED = DATA / "collected"
"""What people gave away on the page."""
ACCEPTED = COLLECTED / "accepted"
"""Where `pysar review` puts what it accepts; what is no `*.json` there is not looked at."""

INTERIM = DATA / "interim"
GLYPH_TABLE = INTERIM / "glyphs.parquet"
"""The rows of rukopys that are usable, before their pictures are read; all others are sample tables."""
RUKOPYS_TABLE = INTERIM / "rukopys.parquet"
MNIST_TABLE = INTERIM / "mnist.parquet"
CMNIST_TABLE = INTERIM / "cmnist.parquet"
COMNIST_TABLE = INTERIM / "comnist.parquet"
COLLECTED_TABLE = INTERIM / "collected.parquet"
FILL_TABLE = INTERIM / "fill.parquet"
NEGATIVES_TABLE = INTERIM / "negatives.parquet"

PROCESSED = DATA / "processed"
MERGED_TABLE = PROCESSED / "merged.parquet"
SPLIT_TABLE = PROCESSED / "split.parquet"

PRETRAINED = MODELS / "pretrained.safetensors"
FINETUNED = MODELS / "finetuned.safetensors"
CALIBRATION_FILE = MODELS / "calibration.json"
FAMILIARITY_FILE = MODELS / "familiarity.safetensors"
EXPORTED = MODELS / "pysar.onnx"
"""The whole reader, which `evaluate` writes."""


def reports_of(stage: str) -> Path:
    """Return the folder of the reports of a stage or command."""
    return REPORTS / stage


def metrics_of(stage: str) -> Path:
    """Return where the few figures are by which experiments are compared."""
    return reports_of(stage) / "metrics.json"


def details_of(stage: str) -> Path:
    """Return where all figures and counts of a stage or command are."""
    return reports_of(stage) / "details.json"


def sheet_of(stage: str) -> Path:
    """Return where a data stage shows some of its pictures."""
    return reports_of(stage) / "sheet.png"


def curves_of(stage: str) -> Path:
    """Return where a training tells how it went, epoch by epoch."""
    return reports_of(stage) / "curves.csv"


OUT_OF_FOLD = reports_of("calibrate") / "out_of_fold.csv"
"""Which rows were read rightly by networks that had not learned them: `promote` compares models by it."""
EVALUATED = details_of("evaluate")
"""The figures that are shown, compared and registered."""
