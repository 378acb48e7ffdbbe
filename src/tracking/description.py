"""What MLflow's page says of a run, and of a version of a registered model: Markdown for people."""

import shlex
from collections.abc import Mapping
from urllib.parse import urlencode

from src.tracking.run_origin import RunOrigin

LONGEST = 4000
"""Characters: PostgreSQL keeps 5,000 of a version's, to which promotions add a line each."""
_FILES = 8
"""So many uncommitted files are named."""


def describe_origin(origin: RunOrigin) -> str:
    """Return what is known when a run begins: what it is for, and the commands that lead back to its commit."""
    return _joined([_head(origin), _way_back(origin)])


def describe_result(
    origin: RunOrigin, figures: str, pictures: Mapping[str, str], run_id: str, more: str = "", registered: str = ""
) -> str:
    """Return what is known when a run ends.

    Args:
        origin: Of the run.
        figures: In Markdown.
        pictures: Where among the artifacts of the run each lies, by its title.
        run_id: Of the run.
        more: What else is to be said of them.
        registered: The command that says all of the registered version, where there is one.
    """
    shown = [f"#### {title}\n\n![{title}]({_address(path, run_id)})" for title, path in pictures.items()]
    return _joined([_head(origin), figures, more, _way_back(origin, registered), *shown])


def figures_list(figures: Mapping[str, float]) -> str:
    """Return figures as a list in Markdown, to four digits."""
    return "\n".join(f"- `{name}`: {value:.4g}" for name, value in figures.items())


def _joined(parts: list[str]) -> str:
    text = "\n\n".join(part for part in parts if part)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _head(origin: RunOrigin) -> str:
    changed = ", ".join(f"`{key}={value}`" for key, value in origin.changed.items())
    purpose = f"{origin.purpose}." if origin.purpose else ""
    return _joined([purpose, f"Experiment **{origin.experiment}**: {changed}" if origin.experiment else ""])


def _way_back(origin: RunOrigin, registered: str = "") -> str:
    """Return the commands; where DVC made an experiment from another commit, those start from that one."""
    start = origin.baseline if origin.experiment else origin.commit
    if start is None:
        return "No commit is known: this run cannot be made again."
    commands = [shlex.join(["git", "checkout", start])]
    if origin.is_stage:
        if origin.folder != ".":
            commands.append(shlex.join(["cd", origin.folder]))
        overrides = [word for override in origin.overrides for word in ("-S", override)]
        run = ["dvc", "exp", "run", *overrides] if overrides else ["dvc", "repro"]
        commands.append(shlex.join([*run, origin.stage]))
    else:
        commands.append(origin.command)
    if registered:
        commands.append(registered)
    return _joined(["#### The way back", "\n".join(["```", *commands, "```"]), _uncommitted(origin)])


def _uncommitted(origin: RunOrigin) -> str:
    if not origin.dirty:
        return ""
    named = ", ".join(f"`{path}`" for path in origin.dirty[:_FILES])
    rest = f" and {len(origin.dirty) - _FILES} more" if len(origin.dirty) > _FILES else ""
    return f"**Not as in that commit**, so that other bytes may come out: {named}{rest}."


def _address(path: str, run_id: str) -> str:
    """Return where MLflow's server shows an artifact, from the page's own address."""
    return f"get-artifact?{urlencode({'path': path, 'run_uuid': run_id})}"
