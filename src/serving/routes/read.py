"""How the API's description tells of an answer."""

from typing import Annotated

from pydantic import Field

from src.config.sections import Strict
from src.serving.routes.tasks import MOST_LABELS

Label = Annotated[str, Field(pattern="^[0-9A-Za-zабвгґдеєжзиіїйклмнопрстуфхцчшщьюя]$")]
"""Of any task."""
Probability = Annotated[float, Field(ge=0, le=1)]


class Likely(Strict):
    """A label and its probability."""

    label: Label
    p: Probability


class Read(Strict):
    """What is said of a picture. It only describes the answer: `Answer` is sent as it is.

    path: Of a file, on the command line.
    label: Lowercase where it is a letter; of a task whose labels tell the case, the character itself.
    uppercase: Null where it is a digit, or where the case cannot be told.
    p_label: Probability of the label.
    p_uppercase: Null where it is a digit, or the label tells the case.
    is_character: False where the picture looks like no letter or digit; the rest is then the best guess.
    score: How much it looks like one.
    top: The most probable labels, best first.
    unsure: Whether the label is less probable than what is trusted; only of a model that has such a threshold.
    more_frames: True where the file has more pages or frames than the first, which alone was read.
    image: Data URL of what the network sees, where it was asked for.

    Of a picture without ink all labels are equally probable, and `is_character` is false.
    """

    path: None
    label: Label
    uppercase: bool | None
    p_label: Probability
    p_uppercase: Probability | None
    is_character: bool
    score: float
    top: Annotated[list[Likely], Field(min_length=1, max_length=MOST_LABELS)]
    unsure: bool = False
    more_frames: bool = False
    image: str = ""
