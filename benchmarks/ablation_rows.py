"""The rows of the ablation: what is changed in each, and why it is asked."""

from dataclasses import dataclass, field
from typing import Any, Literal

Way = Literal["as it is", "heights hidden", "one copy", "three networks"]
"""How the held-back letters are read."""


@dataclass(frozen=True)
class Row:
    """One change of the default.

    words: What the table says.
    values: Params at their places (`pretrain.ema_decay`); what is not named is as in the default row.
    way: How letters are read; a row that changes nothing else shares the default's networks.
    plain_pictures: Pictures are cropped and shrunk alone, as MNIST's were, without `features.normalize`'s pen.
    """

    words: str
    values: dict[str, Any] = field(default_factory=dict)
    way: Way = "as it is"
    plain_pictures: bool = False

    @property
    def pretrains(self) -> bool:
        """Whether the row wants a pretraining of its own."""
        return self.plain_pictures or any(not name.startswith("finetune.") for name in self.values)

    @property
    def prepares(self) -> bool:
        """Whether the row wants tables of its own."""
        return self.plain_pictures or "network.side" in self.values


STILL = {"rotation_degrees": 0.0, "shear_degrees": 0.0, "scale": 0.0, "shift_pixels": 0.0, "elastic_pixels": 0.0,
         "stroke_width": 0.0}  # fmt: skip
"""No augmentation."""


def _both(name: str, value: float) -> dict[str, Any]:
    return {f"{stage}.{name}": value for stage in ("pretrain", "finetune")}


ROWS = {
    "mnist": Row("pretrained on MNIST alone", {"pretrain.corpora": ["mnist"]}),
    "default": Row("as params.yaml says, shortened"),
    "no_fill": Row("without the made letters", {"pretrain.corpora": ["mnist", "cmnist"]}),
    "no_replay": Row("the large corpora not replayed", {"finetune.replay": 0.0}),
    "plain": Row("without normalisation of the pen", plain_pictures=True),
    "hidden": Row("relative height not told", way="heights hidden"),
    "still": Row("no augmentation", {f"{stage}.augment.{name}": value for stage in ("pretrain", "finetune")
                                     for name, value in STILL.items()}),
    "no_ema": Row("no averaging of weights (EMA)", _both("ema_decay", 0.0)),
    "no_smoothing": Row("no label smoothing", _both("label_smoothing", 0.0)),
    "narrow": Row("half the width", {"network.channels": [8, 16, 32], "network.features": 96}),
    "wide": Row("twice the width", {"network.channels": [32, 64, 128], "network.features": 384}),
    "side_32": Row("pictures of 32 px", {"network.side": 32}),
    "side_40": Row("pictures of 40 px", {"network.side": 40}),
    "one_copy": Row("each picture read once, without shifted copies (test-time augmentation)", way="one copy"),
    "ensemble": Row("the mean of three networks: the most that distilling them into one could give",
                    way="three networks"),
}  # fmt: skip
