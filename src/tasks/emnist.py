"""EMNIST's variants: their labels, and where everything of each lies."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from src.config.paths import DATA, MODELS, REPORTS
from src.features.labels import DIGITS, Alphabet

RAW = DATA / "emnist" / "raw"
"""What the variants are made of: NIST's whole archive, or a part of it."""
RAW_SAMPLE = DATA / "emnist" / "raw_sample"
"""Printed characters in the form of that part."""
PIPELINE = Path("pipelines/emnist")
"""Its dvc.yaml, dvc.lock, params.yaml and corpora.yaml."""

SplitMode = Literal["official", "internal"]
"""Whose the split is: NIST's or our own."""

_CAPITALS = string.ascii_uppercase


@dataclass(frozen=True)
class Variant:
    """One way in which EMNIST's pictures are labelled.

    alphabet: A label tells its case; where a small letter is no label, its capital stands for both.
    official: Name of NIST's split that has these pictures; where its labels are finer, those here are coarser.
    balanced: Whether every label has as many pictures.
    """

    name: str
    alphabet: Alphabet
    official: str
    balanced: bool = False

    @property
    def task(self) -> str:
        """What people call it: `emnist-balanced`."""
        return f"emnist-{self.name}"

    @property
    def table(self) -> Path:
        """The split sample table."""
        return DATA / "emnist" / self.name / "split.parquet"

    @property
    def raw_table(self) -> Path:
        """The same rows in the same order, their pictures as NIST made them: upright, 28 x 28, not normalised."""
        return self.table.with_name("raw.parquet")

    @property
    def network(self) -> Path:
        """What `train_emnist` learns."""
        return MODELS / "emnist" / self.name / "network.safetensors"

    @property
    def curves(self) -> Path:
        """How that went, epoch by epoch."""
        return self.reports / "train" / "curves.csv"

    @property
    def calibration(self) -> Path:
        """What makes answers of its logits."""
        return self.network.with_name("calibration.json")

    @property
    def familiarity(self) -> Path:
        """What scores pictures by how familiar they are to it."""
        return self.network.with_name("familiarity.safetensors")

    @property
    def exported(self) -> Path:
        """The model as ONNX, by whose name it is registered."""
        return self.network.with_name(f"{self.task}.onnx")

    @property
    def reports(self) -> Path:
        """The folder with a folder for each stage."""
        return REPORTS / "emnist" / self.name


def split_mode_of(sources: Iterable[str]) -> SplitMode:
    """Say whose split a variant's rows have: NIST's training parts are only where all of EMNIST is."""
    return "official" if any(source.endswith("_train") for source in set(sources)) else "internal"


def _variant(name: str, labels: str, official: str, *, balanced: bool = False) -> Variant:
    return Variant(name, Alphabet(labels, case_head=False), official, balanced)


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        variant.name: variant
        for variant in (
            _variant("balanced", DIGITS + _CAPITALS + "abdefghnqrt", "balanced", balanced=True),
            _variant("byclass", DIGITS + _CAPITALS + string.ascii_lowercase, "byclass"),
            _variant("merged", DIGITS + _CAPITALS, "bymerge"),
            _variant("mnist", DIGITS, "mnist"),
        )
    }
)
