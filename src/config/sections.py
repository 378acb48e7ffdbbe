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
    """`upstream`: the real corpora; `sample`: the embedded sample, drawn by our own stroke writer."""


class Sample(Strict):
    """How large the embedded sample is that our own stroke writer draws."""

    seed: Seed
    """Seed of the handwriting."""
    train_digits: Count
    """How many digits stand in for MNIST's training file."""
    test_digits: Count
    """How many stand in for its test file."""
    letters_per_class: Count
    """How many pictures of each of 33 lowercase and 33 uppercase letters stand in for rukopys."""
    cmnist_per_class: Count
    """How many of each letter stand in for Cyrillic-MNIST."""
    comnist_per_class: Count
    """How many of each letter stand in for CoMNIST."""
    emnist_per_class: Count
    """How many of each of 7 Latin letters stand in for EMNIST."""


class Clean(Strict):
    """How far a row of glyphs.csv may be off its picture, in pixels."""

    box_tolerance: Annotated[int, Field(ge=0)]
    """Pixels between the box of glyphs.csv and the ink that still count as right."""


class Fill(Strict):
    """How many pictures are made, at most, of each glyph that the large corpora lack or know in one style only."""

    drawn_per_class: Annotated[int, Field(ge=0)]
    """Pictures of each letter and case that our stroke writer draws."""
    printed_per_class: Annotated[int, Field(ge=0)]
    """Pictures of each letter, case and digit in block letters."""
    mirrored_per_class: Annotated[int, Field(ge=0)]
    """Pictures of є and Є that are mirrored from э and Э of Cyrillic-MNIST."""
    composed_per_class: Annotated[int, Field(ge=0)]
    """Pictures of ї, Ї, ґ, Ґ and Ь that are composed of Cyrillic-MNIST's letters."""
    hand_variety: Annotated[float, Field(ge=0, le=3)]
    """How far the drawn hands may be from the school's; 1 is as far as in the embedded sample."""
    seed: Seed
    """Seed of all that is drawn or chosen."""


class Negatives(Strict):
    """How many pictures of no character are made, of each kind and split."""

    per_kind: Count
    """About how many pictures of each kind and split."""
    seed: Seed
    """Seed of all that is drawn or chosen."""


class Merge(Strict):
    """How many digits join the letters."""

    digits_per_class: Annotated[int, Field(ge=3)]
    """Digits of each class that are joined to the letters."""
    seed: Seed
    """Seed of the choice of digits."""


class Split(Strict):
    """Which rows are trained on, chosen on (val) and reported on (test)."""

    mode: Literal["stratified", "published"]
    """`stratified`: by our own rule; `published`: the rows of the published pipeline (`make published`)."""
    test_size: Fraction
    """Share of the rows that only measure."""
    val_size: Fraction
    """Share of the rows that choose the epoch."""
    seed: Seed
    """Seed of the choice of rows."""


class Compute(Strict):
    """Where and how precisely the network is trained."""

    device: Literal["auto", "cpu", "cuda", "mps"]
    """Where the network is trained; `auto` takes a GPU if there is one."""
    precision: Literal["auto", "float32", "bfloat16"]
    """`auto` takes bfloat16 where the processor is fast with it."""


class Augment(Strict):
    """The random distortions of training images: the largest of each, both ways."""

    rotation_degrees: Annotated[float, Field(ge=0, le=45)]
    """Rotation."""
    shear_degrees: Annotated[float, Field(ge=0, le=45)]
    """Slant."""
    scale: Share
    """Growth or shrinkage, as a share."""
    shift_pixels: Annotated[float, Field(ge=0, le=6)]
    """Shift, in pixels of a picture of 28."""
    elastic_pixels: Annotated[float, Field(ge=0, le=4)]
    """Smooth bending, in pixels of a picture of 28."""
    stroke_width: Annotated[float, Field(ge=0, le=1)]
    """Thinning or thickening of the pen, in pixels."""


class Network(Strict):
    """The shape of the network, and of the pictures that it is given."""

    side: Annotated[int, Field(ge=16, le=64)]
    """Side of the network's pictures, px."""
    channels: Annotated[list[Count], Field(min_length=1, max_length=4)]
    """Channels of the convolutions at each resolution, the finest first."""
    features: Count
    """Width of the dense layer."""
    dropout: Share
    """Share of the features that are dropped in training."""


class Training(Strict):
    """How the network learns, in whatever stage; `section` of `file` says so."""

    section: ClassVar[str] = "train"
    file: ClassVar[str] = "params.yaml"

    seed: Seed
    """Seed of the first weights, the order of rows and their distortions."""
    epochs: Count
    """How often all rows are seen."""
    batch_size: Annotated[int, Field(ge=2)]
    """Rows in a batch, over all processes together."""
    learning_rate: Positive
    """The highest learning rate of the one-cycle schedule."""
    weight_decay: NonNegative
    """Weight decay of AdamW."""
    label_smoothing: Share
    """Share of each target that is spread over all labels."""
    ema_decay: Share
    """How slowly the average of the weights follows them; 0 is not at all."""
    case_weight: NonNegative
    """Weight of the case's loss beside the label's."""
    augment: Augment
    """Random distortions."""


class StageParams(NamedTuple):
    """What a stage that trains reads: how it learns, and all of its params by section, as plain values."""

    training: Training
    read: Mapping[str, Any]


class Pretrain(Training):
    """How the network learns on the large corpora."""

    section: ClassVar[str] = "pretrain"

    corpora: Annotated[list[Literal["mnist", "cmnist", "fill"]], Field(min_length=1)]
    """Which tables it learns from."""
    val_size: Fraction
    """Share of the rows that choose the epoch."""


class TrainOnSizes(Training):
    """How the network learns labels that tell the case, for which it is shown sizes."""

    file: ClassVar[str] = "pipelines/emnist/params.yaml"

    unknown_height: Annotated[float, Field(ge=0, le=1)]
    """Share of rows whose height is hidden, so that a label can also be read without."""


class Finetune(Training):
    """How the pretrained network learns on letters whose size is known, without forgetting the large corpora."""

    section: ClassVar[str] = "finetune"

    frozen_epochs: Annotated[int, Field(ge=0)]
    """Epochs in which only the heads learn."""
    unknown_height: Annotated[float, Field(ge=0, le=1)]
    """Share of training letters whose relative height is hidden."""
    replay: Share
    """Share of each batch that comes from the corpora of pretraining."""


class Calibrate(Strict):
    """How answers are calibrated: on how many folds, how often a returned case is right, what share is accepted."""

    folds: Annotated[int, Field(ge=2, le=20)]
    """Into how many folds the rows are parted; each needs a training."""
    seed: Seed
    """Seed of the folds."""
    case_precision: Annotated[float, Field(gt=0.5, le=1)]
    """So often a case that is returned must be right; otherwise it is "unknown"."""
    acceptance: Annotated[float, Field(gt=0, le=1)]
    """Share of characters that must be accepted as characters."""


class Evaluate(Strict):
    """How the test rows are reported."""

    calibration_bins: Annotated[int, Field(ge=1, le=1000)]
    """Bins of the calibration error and the reliability diagram."""


class Crossval(Strict):
    """How often the letters are parted into how many folds, each read by a network that learned the others."""

    folds: Annotated[int, Field(ge=2, le=20)]
    """Parts; each is read by a network that learned the others."""
    repeats: Count
    """How often all is done, with other folds and weights."""
    seed: Seed
    """Seed of the first repeat; each further one adds 1."""


class Promote(Strict):
    """When a model takes the champion's place."""

    alpha: Fraction
    """A new champion's advantage must be less likely by chance than this."""
