"""Tasks: how a request names one, and GET /tasks, which are served."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from src.features.labels import UKRAINIAN, Alphabet, is_digit
from src.models.verdict.verdict import Kind
from src.prediction.model_file import TASKS
from src.serving.state import state_of
from src.tasks.emnist import VARIANTS

MOST_LABELS = max(len(UKRAINIAN), *(len(variant.alphabet) for variant in VARIANTS.values()))
"""Of any task."""
NOT_SERVED = "The task is unknown, or the service has no model of it"
Task = Annotated[
    str, Query(description="what is read; GET /tasks names those that are served", json_schema_extra={"enum": [*TASKS]})
]

router = APIRouter()


class Served(BaseModel):
    """A task that is served.

    labels: One character each, digits first.
    case: Whether the case of a letter is a question of its own; otherwise the labels tell it.
    """

    name: str
    labels: str
    case: bool


@router.get("/tasks")
async def tasks(request: Request) -> list[Served]:
    """Return the tasks that are served, the default first."""
    read = {name: live.now.model.alphabet for name, live in state_of(request).models.items()}
    return [Served(name=name, labels=each.labels, case=each.case_head) for name, each in read.items()]


def check_asked(alphabet: Alphabet, kind: Kind | None, top: int) -> None:
    """Refuse a question that a model's alphabet has no answer to.

    Raises:
        HTTPException: 422, there are fewer labels, or none of that kind.
    """
    if top > len(alphabet):
        raise HTTPException(422, f"top: the task has {len(alphabet)} labels; ask for so many or fewer")
    # Digits come first, so that a kind which is there has one of the ends.
    if kind is not None and is_digit(alphabet.labels[0 if kind == "digit" else -1]) != (kind == "digit"):
        raise HTTPException(422, f"kind: the task has no {kind}s; leave the kind out")
