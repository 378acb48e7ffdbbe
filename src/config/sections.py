"""The sections of params.yaml as frozen, typed models that refuse what they do not know."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Seed = Annotated[int, Field(ge=0, lt=2**31)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    """Frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Data(Strict):
    """Where the raw files come from."""

    source: Literal["upstream", "sample"]


class Sample(Strict):
    """How large the embedded sample is that our own stroke writer draws."""

    seed: Seed
    train_digits: Count
    test_digits: Count
    letters_per_class: Count
    cmnist_per_class: Count
    comnist_per_class: Count
    emnist_per_class: Count


class Clean(Strict):
    """How far a row of glyphs.csv may be off its picture, in pixels."""

    box_tolerance: Annotated[int, Field(ge=0)]


class Fill(Strict):
    """How many pictures are made, at most, of each glyph that the large corpora lack or know in one style only."""

    drawn_per_class: Annotated[int, Field(ge=0)]
    printed_per_class: Annotated[int, Field(ge=0)]
    mirrored_per_class: Annotated[int, Field(ge=0)]
    composed_per_class: Annotated[int, Field(ge=0)]
    hand_variety: Annotated[float, Field(ge=0, le=3)]
    seed: Seed


class Negatives(Strict):
    """How many pictures of no character are made, of each kind and split."""

    per_kind: Count
    seed: Seed


class Merge(Strict):
    """How many digits join the letters."""

    digits_per_class: Annotated[int, Field(ge=3)]
    seed: Seed


class Split(Strict):
    """Which rows are trained on, chosen on (val) and reported on (test)."""

    mode: Literal["stratified", "published"]
    test_size: Fraction
    val_size: Fraction
    seed: Seed


class Compute(Strict):
    """Where and how precisely the network is trained."""

    device: Literal["auto", "cpu", "cuda", "mps"]
    precision: Literal["auto", "float32", "bfloat16"]


class Augment(Strict):
    """The random distortions of training images: the largest of each, both ways."""

    rotation_degrees: Annotated[float, Field(ge=0, le=45)]
    shear_degrees: Annotated[float, Field(ge=0, le=45)]
    scale: Share
    shift_pixels: Annotated[float, Field(ge=0, le=6)]
    elastic_pixels: Annotated[float, Field(ge=0, le=4)]
    stroke_width: Annotated[float, Field(ge=0, le=1)]


class Network(Strict):
    """The shape of the network, and of the pictures that it is given."""

    side: Annotated[int, Field(ge=16, le=64)]
    channels: Annotated[list[Count], Field(min_length=1, max_length=4)]
    features: Count
    dropout: Share


class Training(Strict):
    """How the network learns, in whatever stage; `section` of `file` says so."""

    section: ClassVar[str] = "train"
    file: ClassVar[str] = "params.yaml"

    seed: Seed
    epochs: Count
    batch_size: Annotated[int, Field(ge=2)]
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Share
    ema_decay: Share
    case_weight: NonNegative
    augment: Augment


class StageParams(NamedTuple):
    """What a stage that trains reads: how it learns, and all of its params by section, as plain values."""

    training: Training
    read: Mapping[str, Any]


class Pretrain(Training):
    """How the network learns on the large corpora."""

    section: ClassVar[str] = "pretrain"

    corpora: Annotated[list[Literal["mnist", "cmnist", "fill"]], Field(min_length=1)]
    val_size: Fraction


class TrainOnSizes(Training):
    """How the network learns labels that tell the case, for which it is shown sizes.

    unknown_height: Share of rows whose height is hidden, so that a label can also be read without.
    """

    file: ClassVar[str] = "pipelines/emnist/params.yaml"

    unknown_height: Annotated[float, Field(ge=0, le=1)]


class Finetune(Training):
    """How the pretrained network learns on letters whose size is known, without forgetting the large corpora."""

    section: ClassVar[str] = "finetune"

    frozen_epochs: Annotated[int, Field(ge=0)]
    unknown_height: Annotated[float, Field(ge=0, le=1)]
    replay: Share


class Calibrate(Strict):
    """How answers are calibrated: on how many folds, how often a returned case is right, what share is accepted."""

    folds: Annotated[int, Field(ge=2, le=20)]
    seed: Seed
    case_precision: Annotated[float, Field(gt=0.5, le=1)]
    acceptance: Annotated[float, Field(gt=0, le=1)]


class Evaluate(Strict):
    """How the test rows are reported."""

    calibration_bins: Annotated[int, Field(ge=1, le=1000)]


class Crossval(Strict):
    """How often the letters are parted into how many folds, each read by a network that learned the others."""

    folds: Annotated[int, Field(ge=2, le=20)]
    repeats: Count
    seed: Seed


class Promote(Strict):
    """When a model takes the champion's place."""

    alpha: Fraction
