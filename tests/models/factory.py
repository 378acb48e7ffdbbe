"""Small things that the tests of src/models share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from PIL import Image, ImageDraw, ImageFont

from src.config.sections import Augment, Finetune, Pretrain
from src.config.sections import Network as NetworkSettings
from src.data.negatives.negative_table import KINDS, SPLITS, make_negatives
from src.data.tables.table import make_table, stack_images
from src.features.labels import CODES, DIGITS, LABELS, LETTERS, is_digit
from src.features.picture.normalize import normalize
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.scoring.answers import Answers
from src.models.scoring.familiarity import Familiarity, fit_familiarity
from src.models.verdict.calibration import Calibration

NETWORK = NetworkSettings(side=28, channels=[4, 8, 8], features=16, dropout=0.2)
AUGMENT = Augment(rotation_degrees=10, shear_degrees=10, scale=0.1, shift_pixels=1, elastic_pixels=1, stroke_width=0.5)
PRETRAIN = Pretrain(
    corpora=["mnist", "cmnist"], seed=1, val_size=0.4, epochs=3, batch_size=16, learning_rate=0.01, weight_decay=0.01,
    label_smoothing=0.05, ema_decay=0.9, case_weight=1, augment=AUGMENT,
)  # fmt: skip
FINETUNE = Finetune(
    seed=1, frozen_epochs=1, epochs=3, batch_size=16, learning_rate=0.01, weight_decay=0.01, label_smoothing=0.05,
    ema_decay=0.9, case_weight=1, unknown_height=0.3, replay=0.5, augment=AUGMENT,
)  # fmt: skip

CALIBRATION = Calibration(
    label_temperature=0.8, case_temperature=1.5, case_temperature_unknown_height=2, case_threshold=0.7,
    score_threshold=-3,
)  # fmt: skip


def typed_glyph(label: str, *, uppercase: bool, size: int) -> bytes:
    """Return a printed character, normalised."""
    picture = Image.new("L", (200, 200), 255)
    text = label.upper() if uppercase else label
    ImageDraw.Draw(picture).text((100, 100), text, 0, ImageFont.load_default(size), anchor="mm")
    return normalize(picture).image.tobytes()


def typed_table(labels: str = LABELS, copies: int = 4, source: str = "typed") -> pd.DataFrame:
    """Return a sample table of printed characters; letters alternate in case, digits have none."""
    generator = np.random.default_rng(0)
    rows = []
    for label in labels:
        for copy in range(copies):
            digit, size = is_digit(label), int(generator.integers(60, 120))
            uppercase = copy % 2 == 1
            filename = f"{label}-{copy}"
            rows.append(
                {
                    "image": typed_glyph(label, uppercase=uppercase and not digit, size=size),
                    "label": label,
                    "is_uppercase": None if digit else uppercase,
                    "relative_height": None if digit else (0.6 if uppercase else 0.4),
                    "source": source,
                    "filename": filename,
                    "group": filename,
                }
            )
    return make_table(rows)


def sure_answers(truth: Sequence[str], said: Sequence[str]) -> Answers:
    """Return sure answers; a digit is one more likely still, which a known kind rules out."""
    logits = np.zeros((len(truth), len(CODES)))
    logits[np.arange(len(truth)), [CODES[label] for label in said]] = 5
    logits[:, CODES["7"]] = 9
    codes = np.array([CODES[label] for label in truth])
    return Answers(logits, np.zeros(len(truth)), codes, np.full(len(truth), np.nan))


def given_table(labels: str = LABELS) -> pd.DataFrame:
    """Return given drawings, one of each label, all of one writer, who told neither case nor height."""
    frame = typed_table(labels, 1, "collected")
    unknown = pd.Series([None] * len(frame), dtype="boolean")
    group = pd.Series(["collected/writer-0001"] * len(frame), dtype="str")
    return frame.assign(is_uppercase=unknown, relative_height=float("nan"), group=group)


def corpora(copies: int = 6) -> dict[str, pd.DataFrame]:
    """Return small tables of the large corpora; a letter's sheet has two copies, of one case each."""
    letters = typed_table(LETTERS, copies, "cmnist")
    sheets = [f"cmnist/{name.partition('-')[0]}{int(name.partition('-')[2]) % 4}" for name in letters["filename"]]
    letters = letters.assign(group=pd.Series(sheets, dtype="str"), relative_height=float("nan"))
    digits = [typed_table(DIGITS, copies, f"mnist_{part}") for part in ("train", "test")]
    return {"mnist": pd.concat(digits, ignore_index=True), "cmnist": letters}


def split_table(copies: int = 6) -> pd.DataFrame:
    """Return a split sample table: two thirds train, the rest val and test in turn."""
    frame = typed_table(copies=copies)
    splits = ["train", "train", "train", "train", "val", "test"]
    return frame.assign(split=pd.Series([splits[row % len(splits)] for row in range(len(frame))], dtype="str"))


def negatives_table(copies: int = 2) -> pd.DataFrame:
    """Return a table of negatives: printed signs, so many of each kind and split."""
    signs = "&%@#$"
    places = [(kind, split, copy) for kind in KINDS for split in SPLITS for copy in range(copies)]
    rows = [
        {
            "image": typed_glyph(signs[KINDS.index(kind)], uppercase=False, size=70 + 20 * copy),
            "relative_height": None,
            "kind": kind,
            "source": "drawn",
            "filename": f"{kind}-{split}-{copy}",
            "group": f"{kind}-{split}-{copy}",
            "split": split,
        }
        for kind, split, copy in places
    ]
    return make_negatives(rows)


def typed_familiarity(network: Network) -> Familiarity:
    """Return what a network finds familiar that has learned printed characters."""
    return fit_familiarity(network.eval(), make_tensors(typed_table(copies=2), torch.device("cpu")), typed_negatives())


def typed_negatives() -> torch.Tensor:
    """Return the pictures of the table of negatives."""
    return torch.from_numpy(stack_images(negatives_table()))
