"""Does a study's best stay the best? It and its rivals, the values of today among them, are trained with more seeds.

The best of many noisy scores is partly luck. Means over seeds that chose nothing tell how much of it.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import mean
from typing import NamedTuple

import optuna
from optuna.trial import TrialState

from src.common.cores import as_they_end
from src.common.digests import bytes_digest

logger = logging.getLogger(__name__)

Values = Mapping[str, float]
Score = Callable[[Values, int], float]

CONFIRMED = "confirmed"
"""Attribute of a study: what came out."""


class Candidate(NamedTuple):
    """Values, where they come from (the number of a trial; None: params.yaml), and their scores, one a seed."""

    trial: int | None
    values: Values
    scores: list[float]


def candidates(study: optuna.Study, current: Values, count: int) -> list[Candidate]:
    """Return the values of today, then those of the best complete trials, best first, as people would write them."""
    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    best = sorted(complete, key=lambda trial: (-(trial.value or 0.0), trial.number))[:count]
    return [Candidate(None, dict(current), []), *(Candidate(trial.number, rounded(trial.params), []) for trial in best)]


def rounded(values: Values) -> dict[str, float]:
    """Return values with three significant digits; whole numbers as they are."""
    return {name: value if isinstance(value, int) else float(f"{value:.3g}") for name, value in values.items()}


def confirm(
    study: optuna.Study, rivals: Sequence[Candidate], seeds: Sequence[int], score: Score, workers: int
) -> list[Candidate]:
    """Return the rivals with a score for each seed, the best mean first; of equals the one that stood first.

    Args:
        study: Keeps each score as it comes: what a kill leaves half-done goes on from there.
        rivals: What to compare.
        seeds: Each is given to each rival.
        score: Trains and scores; runs in other processes where `workers` is above 1.
        workers: Processes.
    """
    jobs = [(rival.values, seed) for rival in rivals for seed in seeds]
    wanted = [job for job in jobs if _key(job) not in study.user_attrs]
    outcomes = as_they_end(partial(_score, score), wanted, workers)
    for done, (number, value) in enumerate(outcomes, start=1 + len(jobs) - len(wanted)):
        study.set_user_attr(_key(wanted[number]), value)
        logger.info("%d of %d trainings done", done, len(jobs))
    known = study.user_attrs
    scored = [rival._replace(scores=[known[_key((rival.values, seed))] for seed in seeds]) for rival in rivals]
    return sorted(scored, key=lambda rival: -mean(rival.scores))


def _score(score: Score, job: tuple[Values, int]) -> float:
    return score(*job)


def _key(job: tuple[Values, int]) -> str:
    """Return the name under which a study keeps the score of values and seed; Optuna's names are short."""
    return f"score {bytes_digest(json.dumps(job, sort_keys=True).encode())[:16]}"


def keep(study: optuna.Study, scored: Sequence[Candidate]) -> None:
    """Write the outcome into the study, best first."""
    rows = [{"trial": one.trial, "values": dict(one.values), "scores": one.scores} for one in scored]
    study.set_user_attr(CONFIRMED, rows)


def kept(study: optuna.Study) -> list[Candidate]:
    """Return the outcome that `keep` wrote; nothing where it never did."""
    return [Candidate(row["trial"], row["values"], row["scores"]) for row in study.user_attrs.get(CONFIRMED, [])]
