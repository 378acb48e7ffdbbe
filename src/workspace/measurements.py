"""What each measured file of docs/results was measured with, so that a figure of another revision is known as stale.

A measurement names what a stage of dvc.yaml names: scripts (with all that they import), params and inputs. Their three
digests are its revision, which the measured file carries.
"""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from src.common.digests import bytes_digest, file_md5
from src.common.yaml_file import parse_yaml
from src.config.paths import (
    CMNIST_TABLE,
    DATA,
    EXPORTED,
    FILL_TABLE,
    MERGED_TABLE,
    MNIST_TABLE,
    NEGATIVES_TABLE,
    PRETRAINED,
    RAW_COMNIST,
    RAW_MNIST,
)
from src.workspace.imported_code import CODE, code_digest
from src.workspace.pipelines import output_hashes

Read = Callable[[Path], str]
"""Returns the text of a file of the repository: of the working folder, or of git's index."""

_LEARNED = (CMNIST_TABLE, FILL_TABLE, MNIST_TABLE)
_RELEASED = Path("src/prediction/released/pysar.onnx")
_EMNIST = Path("pipelines/emnist")
MUTATED = (
    "src/features", "src/models/verdict", "src/data/splitting", "src/models/scoring/intervals.py",
    "src/registry/decision.py", "src/registry/mcnemar.py", "src/registry/promotion.py", "src/workspace/checkpoint.py",
)  # fmt: skip
"""Folders and modules that decide what an answer is, which model is better, and what may be resumed."""


class Measurement(NamedTuple):
    """What some figures depend on.

    command: Measures them.
    scripts: Run by it, in whatever process.
    params: Sections of params.yaml, or leaves (`split.val_size`).
    inputs: Outputs of stages, whose hashes dvc.lock holds, or files that git tracks.
    pipeline: The folder of params.yaml and dvc.lock.
    """

    command: str
    scripts: tuple[str, ...]
    params: tuple[str, ...] = ()
    inputs: tuple[Path, ...] = ()
    pipeline: Path = Path()


def mutated_modules(root: Path = CODE) -> list[Path]:
    """Return the modules in which `make mutants` makes faults, from the root."""
    places = [root / place for place in MUTATED]
    found = [path for place in places for path in (place.rglob("*.py") if place.is_dir() else [place])]
    return sorted(path.relative_to(root) for path in found if path.name != "__init__.py")


def module_tests(module: Path, root: Path = CODE) -> list[Path]:
    """Return the tests that should find a fault of a module, from the root: its own first, then those beside them."""
    own = f"test_{module.stem}"
    found = (root / "tests").joinpath(*module.parent.parts[1:]).glob("test_*.py")
    return sorted((path.relative_to(root) for path in found), key=lambda path: (not path.stem.startswith(own), path))


def _mutants() -> Measurement:
    modules = mutated_modules()
    tests = {test for module in modules for test in module_tests(module)}
    return Measurement("make mutants", tuple(path.as_posix() for path in modules), inputs=tuple(sorted(tests)))


def _emnist(variant: str) -> Measurement:
    command, table = f"python -m benchmarks.emnist {variant}", DATA / "emnist" / variant / "raw.parquet"
    return Measurement(command, ("benchmarks/emnist.py",), ("network", "train"), (table,), _EMNIST)


@functools.cache
def measured_files() -> Mapping[str, Measurement]:
    """Return what each measured file depends on, by its name in docs/results."""
    return {
        "crossval.json": Measurement(
            "make crossval",
            ("src/models/crossval.py",),
            ("crossval", "finetune", "network", "pretrain.corpora", "pretrain.seed", "pretrain.val_size",
             "split.val_size"),
            (MERGED_TABLE, NEGATIVES_TABLE, PRETRAINED, *_LEARNED),
        ),
        "ablation.json": Measurement(
            "python -m benchmarks.ablation",
            ("benchmarks/ablation.py", "benchmarks/plain_pictures.py"),
            ("crossval", "fill", "finetune", "merge", "network", "pretrain", "split"),
            (MERGED_TABLE, *_LEARNED),
        ),
        "paper.json": Measurement(
            "python -m benchmarks.paper", ("benchmarks/paper.py",), inputs=(EXPORTED, RAW_COMNIST)
        ),
        "pretrain.json": Measurement(
            "python -m benchmarks.pretrain", ("benchmarks/pretrain.py",), ("network", "pretrain"), (RAW_MNIST,)
        ),
        "serving.json": Measurement(
            "python -m benchmarks.serving",
            ("benchmarks/serving.py", "benchmarks/published_service.py", "benchmarks/empty_service.py",
             "src/commands/serve.py", "src/serving/app.py", "src/serving/server.py"),
            inputs=(_RELEASED,),
        ),
        "predict_files.json": Measurement(
            "python -m benchmarks.predict_files",
            ("benchmarks/predict_files.py", "src/commands/predict.py"),
            inputs=(_RELEASED,),
        ),
        "mutants.json": _mutants(),
        **{f"emnist-{name}-networks.json": _emnist(name) for name in ("balanced", "byclass", "merged", "mnist")},
    }  # fmt: skip


def on_disk(root: Path) -> Read:
    """Return what reads the files of a working folder."""
    return lambda path: (root / path).read_text(encoding="utf-8")


def revision_of(name: str, read: Read) -> dict[str, str]:
    """Return the digests of code, params and inputs that the measured file of that name would have now.

    Raises:
        OSError: params.yaml cannot be read.
    """
    measurement = measured_files()[name]
    params: Any = parse_yaml(read(measurement.pipeline / "params.yaml"))
    values = {place: _value(params, place) for place in measurement.params}
    made = locked_outputs(read, measurement.pipeline)
    inputs = {path.as_posix(): made.get(path.as_posix()) or _tracked(path) for path in measurement.inputs}
    return {
        "code": _code(measurement.scripts),
        "params": bytes_digest(json.dumps(values, sort_keys=True).encode()),
        "inputs": bytes_digest(json.dumps(inputs, sort_keys=True).encode()),
    }


def locked_outputs(read: Read, pipeline: Path) -> dict[str, str]:
    """Return the hash of each output of a pipeline's last run, by its path; nothing where it never ran."""
    try:
        document: Any = parse_yaml(read(pipeline / "dvc.lock"))
    except FileNotFoundError:
        return {}
    return output_hashes(document["stages"])


def staleness(name: str, measured: Mapping[str, Any], read: Read) -> str | None:
    """Return what is to be said of a measured file that is not of this revision; None where it is.

    Args:
        name: In docs/results.
        measured: Its content, with its `revision`; one without was measured before revisions were noted.
        read: Reads the repository's files.
    """
    noted, now = measured.get("revision"), revision_of(name, read)
    if noted == now:
        return None
    again = f"`{measured_files()[name].command}` measures it anew."
    if not isinstance(noted, Mapping):
        return f"*Measured on an older revision. {again}*"
    other = [what for what in now if noted.get(what) != now[what]]
    return f"*Measured on an older revision, with other {' and '.join(other)}. {again}*"


@functools.cache
def _code(scripts: tuple[str, ...]) -> str:
    """Return the digest of the code that runs, which does not change while it does."""
    return code_digest(*map(Path, scripts))


def _value(params: Any, place: str) -> Any:  # noqa: ANN401  # YAML
    for part in place.split("."):
        params = params[part]
    return params


def _tracked(path: Path) -> str | None:
    """Return the hash of a file that comes with the code; None of what no stage has made yet."""
    return file_md5(CODE / path) if (CODE / path).is_file() else None
