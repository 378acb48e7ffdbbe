"""`pysar provenance`: what a version of the registered model was made of, and the commands that make it again."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from src.common.command import Command
from src.common.digests import md5_of
from src.common.errors import InputError
from src.config.overrides import setting_overrides
from src.config.paths import EXPORTED
from src.registry.open_registry import open_registry
from src.registry.rebuild import rebuild_commands
from src.tracking.kept_lineage import STAGE, Lineage, parse_lineage
from src.tracking.lineage import PACKAGES
from src.tracking.run_origin import LINEAGE
from src.tracking.run_tags import LINEAGE_TAG
from src.workspace.repository import find_root, locked_md5
from src.workspace.revision import Revision, experiment_reference

if TYPE_CHECKING:
    from src.registry.registry import Registry

_TAGS = {
    "git.commit": "git revision",
    "git.dirty": "uncommitted",
    "dvc.exp_name": "DVC experiment",
    "dvc.repro": "DVC process",
    "model.md5": "model, MD5",
    "corpus": "corpus",
    "split_mode": "split mode",
    "data.digest": "test rows, SHA-256",
    "held_back.digest": "rows out of fold, SHA-256",
    "label": "label right",
    "label_kind_known": "label, kind known",
    "case_letters": "case of letters",
    "joint": "label and case",
}
"""Tags of a version, by what they are called here."""


class Origin(NamedTuple):
    """Of a version: its number, its tags, and what its run kept."""

    number: str
    tags: Mapping[str, str]
    lineage: Lineage


def read_origin(registry: "Registry", number: str) -> Origin:
    """Read what the registry and the run of a version hold.

    Raises:
        InputError: There is no such version, or its run or its lineage.json is gone, was changed, or never was.
    """
    version = registry.version(number)
    tags = registry.run(version).data.tags
    if LINEAGE_TAG not in tags:
        commit = tags.get("git.commit", "its commit")
        raise InputError(
            f"version {version.version}: it was registered before there was a {LINEAGE}; "
            f"evaluate the model again, or ask the Pysar of that time: `git checkout {commit}`"
        )
    with registry.artifact(version, LINEAGE) as file:
        text = file.read_text(encoding="utf-8")
    if md5_of(text.encode()) != tags[LINEAGE_TAG]:
        raise InputError(f"version {version.version}: its {LINEAGE} is not what was recorded; evaluate the model again")
    lineage = parse_lineage(text)
    return Origin(str(version.version), version.tags, lineage)


def describe(origin: Origin, revision: Revision) -> Iterator[str]:
    """Yield the lines of the report up to the commands; a star marks a param that the revision has otherwise."""
    yield f"version {origin.number}"
    for tag, name in _TAGS.items():
        if tag in origin.tags:
            yield f"  {name:20}{origin.tags[tag]}"
    settings, lineage = origin.lineage.settings(), origin.lineage
    there = lineage.settings_at(revision) if revision.is_here() else settings
    yield "params that stages read (* not so in params.yaml at that revision)"
    for name, value in settings.items():
        same = name in there and repr(there[name]) == repr(value)
        note = "" if same else f"   there: {there.get(name, 'missing')}"
        yield f"{' ' if same else '*'} {name}: {value}{note}"
    yield "what the stages before made, MD5 as in dvc.lock"
    for path, md5 in lineage.outputs().items():
        yield f"  {md5:36}  {path}"


def instruct(origin: Origin, root: Path, revision: Revision) -> Iterator[str]:
    """Yield the warnings and the commands, which a shell runs as they are: all else is a comment.

    Raises:
        InputError: The revision is not known, or not here.
    """
    missing = revision.missing() if revision.name else "no revision was recorded"
    if missing:
        raise InputError(f"version {origin.number}: {missing}; without it the model cannot be made again")
    lineage, md5 = origin.lineage, origin.tags.get("model.md5", "")
    uncommitted = origin.tags.get("git.dirty", "").split()
    strangers = [*lineage.strangers(revision), *({PACKAGES.as_posix()} & set(uncommitted))]
    if strangers:
        yield "# WARNING: these were not as in that revision, so that other bytes may come out:"
        yield from (f"#   {stranger}" for stranger in strangers)
    name = origin.tags.get("dvc.exp_name")
    if name and _experiment_made(root, name, md5):
        yield f"# here, from DVC's cache: dvc exp apply {name}"
    yield "# anew, from the raw data (RAW_MIRROR, or upstream), on a machine of the same kind:"
    overrides = setting_overrides(lineage.settings(), lineage.settings_at(revision))
    yield from rebuild_commands(root, revision.name, overrides, md5, f"pysar-version-{origin.number}")


def _experiment_made(root: Path, name: str, md5: str) -> bool:
    """Tell whether an experiment of that name is here and its model is this one: a name may be used again."""
    reference = experiment_reference(root, name)
    lock = Revision(root, reference).read("dvc.lock") if reference else None
    with suppress(InputError):
        return lock is not None and locked_md5(lock.decode(), STAGE, EXPORTED) == md5
    return False


@click.command(cls=Command)
@click.argument("version", default="champion")
@click.option("--commands", is_flag=True, help="Print only the commands, for a shell: … --commands | bash -e")
def main(version: str, commands: bool) -> None:
    """Show the revision, params, data and experiment of a version, and the commands that make it again.

    VERSION is a number, as `pysar ui` lists them (models/pysar), or an alias: `champion`, which is also the default,
    `candidate`, the one registered last, or `previous`, the champion before.
    """
    root = find_root(Path.cwd())
    with open_registry(root) as registry:
        origin = read_origin(registry, version)
    revision = Revision(root, origin.tags.get("git.commit", ""))
    for line in () if commands else (*describe(origin, revision), "to make it again"):
        click.echo(line)
    for line in instruct(origin, root, revision):
        click.echo(line)


if __name__ == "__main__":
    main()
