"""Who is champion: the first, then only who is better; and the way back.

Who is better is told by answers out of fold, which `calibrate` wrote: each row was read by a network that was trained
as the version was, on the other folds. The champion has such answers to the same rows. Test rows choose nothing: they
tell how well the chosen one reads. One caveat: `tune` scores params on these rows, which favours a version with them.
"""

from collections.abc import Callable, Sequence

from mlflow.entities.model_registry import ModelVersion

from src.common.errors import InputError, WorkError
from src.registry.decision import Decision, Stamp, decide
from src.registry.mcnemar import pair_up, right_answers
from src.registry.registry import Registry

DECISION = "promotion"
"""Tag of a version with the last decision on it."""

Check = Callable[[str], None]
"""Raises InputError where the model of the version with this number does not work."""

_SAME = {
    "corpus": "is of another corpus",
    "alphabet": "reads another alphabet",
    "held_back.digest": "was asked other rows out of fold",
}
"""Tags that must be those of the champion, and what is wrong otherwise."""


def promote(registry: Registry, number: str, alpha: float, stamp: Stamp, check: Check) -> Decision:
    """Move the alias to a version where there is no champion, or where it beats the champion, and write down why.

    Its model must work, too: services take it up.

    The caller holds the lock of this machine. Machines that share a server are told apart by reading the alias again.

    Returns:
        The decision; a refusal is written too.

    Raises:
        InputError: There is no such version, it is champion already, it cannot be compared with the champion, or its
            model does not work.
        WorkError: Another promotion came between.
    """
    version, champion = registry.version(number), registry.champion()
    missing = [name for name in _SAME if name not in version.tags]
    if missing:
        raise InputError(f"version {number} has no {', '.join(missing)}: this `evaluate` did not register it; "
                         "evaluate the model again")  # fmt: skip
    if champion is None:
        decision = _first(registry, version, stamp)
    else:
        _check_comparable(version, champion)
        pairs = pair_up(registry.answers_held_back(version), registry.answers_held_back(champion))
        decision = decide(str(version.version), str(champion.version), pairs, alpha, stamp)
    if decision.action == "promoted":
        check(decision.version)
        _check_champion(registry, decision.champion)
        # The list first: a kill before the alias moves leaves the champion in it, which `_until` bears.
        registry.write_before(_before(registry, decision))
        registry.crown(decision.version)
        _check_champion(registry, decision.version)
    registry.note(version, DECISION, decision.as_json(), decision.in_words())
    return decision


def roll_back(registry: Registry, stamp: Stamp, check: Check) -> Decision:
    """Move the alias to the champion before the present one, and write down why on both.

    Raises:
        InputError: There is no champion, none before it, or the model of the one before does not work.
        WorkError: Another promotion came between.
    """
    champion = registry.champion()
    if champion is None:
        raise InputError(f"{registry.name}: no version is champion; `pysar promote VERSION` makes one")
    present = str(champion.version)
    before = _until(registry.before(), present)
    while before and registry.find(before[-1]) is None:
        before.pop()  # deleted since
    if not before:
        raise InputError(f"version {present} is the first champion: there is none to go back to")
    *earlier, number = before
    check(number)
    reason = f"back from version {present}"
    decision = Decision("rolled back", number, present, reason, stamp)
    # The alias first: a kill before the list is cut leaves the new champion in it.
    registry.crown(number)
    _check_champion(registry, number)
    registry.write_before(earlier)
    for version in (champion, registry.version(number)):
        registry.note(version, DECISION, decision.as_json(), decision.in_words())
    return decision


def _first(registry: Registry, version: ModelVersion, stamp: Stamp) -> Decision:
    right = right_answers(registry.answers_held_back(version))
    reason = f"the first champion, label and case right on {int(right.sum())} of {len(right)} rows"
    return Decision("promoted", str(version.version), None, reason, stamp)


def _check_comparable(version: ModelVersion, champion: ModelVersion) -> None:
    if str(version.version) == str(champion.version):
        raise InputError(f"version {version.version} is champion already")
    for name, what in _SAME.items():
        if version.tags[name] != champion.tags.get(name):
            raise InputError(
                f"version {version.version} {what} than the champion, version {champion.version}: they cannot be "
                f"compared; evaluate it on the champion's data, or remove the alias in `pysar ui` to begin anew"
            )


def _before(registry: Registry, decision: Decision) -> list[str]:
    """Return who was champion before `decision.version`, which may itself have been."""
    if decision.champion is None:
        return []
    known = [*_until(registry.before(), decision.champion), decision.champion]
    return [number for number in known if number != decision.version]


def _until(before: Sequence[str], champion: str) -> list[str]:
    """Return those before `champion`, whom a kill between two writes may have left in the list himself."""
    return list(before[: before.index(champion)] if champion in before else before)


def _check_champion(registry: Registry, expected: str | None) -> None:
    """Raise WorkError where another is champion: MLflow cannot compare and set, so it is seen before and after."""
    champion = registry.champion()
    number = None if champion is None else str(champion.version)
    if number != expected:
        raise WorkError(
            f"another promotion at the same time made version {number} the champion; "
            f"run the command again to compare with it"
        )
