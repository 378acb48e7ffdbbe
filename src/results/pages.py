"""Where the measured figures stand: three lines in README, the tables in the manual."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from src.common.digests import file_md5
from src.common.errors import InputError
from src.config.paths import EVALUATED
from src.results import tables
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Mutants, Papers, Serving
from src.results.emnist_tables import EmnistMetrics, EmnistNetworks, details_path, emnist_figures, emnist_networks
from src.results.mutants_table import mutants_tables
from src.results.published import PUBLISHED, published_staleness
from src.results.run import Metrics, read_metrics
from src.tasks.emnist import PIPELINE, VARIANTS, Variant
from src.workspace.measurements import Read, locked_outputs, on_disk, staleness

Region = Literal[
    "headline",
    "figures",
    "crossval",
    "paper",
    "ablation",
    "pretraining",
    "serving",
    "files",
    "emnist",
    "emnist-networks",
    "mutants",
]
"""A part of a page, between `<!-- name -->` and `<!-- /name -->`, that is written here."""

RESULTS = Path("docs/results")
COMMITTED = "metrics.json"
"""Of the committed run, what `evaluate` writes as details.json."""
"""The measured files, and the pages that show them."""
README = Path("README.md")
PAGES: Mapping[Path, tuple[Region, ...]] = MappingProxyType(
    {
        README: ("headline",),
        RESULTS / "reading.md": ("figures", "crossval", "paper"),
        RESULTS / "method.md": ("ablation", "pretraining"),
        RESULTS / "speed.md": ("serving", "files"),
        RESULTS / "latin.md": ("emnist", "emnist-networks"),
        RESULTS / "mutants.md": ("mutants",),
    }
)
"""Each page with the regions that are written into it."""

Document = TypeVar("Document", bound=BaseModel)
Writer = Callable[[Path, Read], str]
"""Writes a region from the folder of measured files, with what reads the repository's."""


def render_pages(root: Path, read: Read | None = None) -> dict[Path, str]:
    """Return the text of each page with what docs/results holds; only the committed run's metrics must be there.

    What was measured on another revision than this one says so.

    Args:
        root: The repository.
        read: Reads params.yaml and dvc.lock; without it they are those of the working folder.

    Raises:
        InputError: A measured file is missing or its content is wrong, or a page lacks a marker.
    """
    return {page: _render(root, page, regions, read or on_disk(root)) for page, regions in PAGES.items()}


def replace_region(text: str, region: Region, content: str, page: Path) -> str:
    """Return a page's text with what is between the markers of a region replaced.

    Raises:
        InputError: The markers are not there exactly once, in order.
    """
    opening, closing = f"<!-- {region} -->", f"<!-- /{region} -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end or opening in rest or closing in before + after:
        raise InputError(f"{page}: wants the line {opening} and after it {closing}, each once; put them in")
    return f"{before}{opening}\n{content}\n{closing}{after}"


def _render(root: Path, page: Path, regions: tuple[Region, ...], read: Read) -> str:
    text = (root / page).read_text(encoding="utf-8")
    for region in regions:
        text = replace_region(text, region, _WRITERS[region](root / RESULTS, read), page)
    return text


def _committed(folder: Path) -> Metrics:
    return read_metrics(folder / COMMITTED)


def _headline(folder: Path, read: Read) -> str:
    return _marked(_older_run(folder, read), tables.headline(_committed(folder)))


def _figures(folder: Path, read: Read) -> str:
    published = folder / PUBLISHED
    if not published.is_file():
        return _marked(_older_run(folder, read), tables.figures(_committed(folder), None))
    said = [_older_run(folder, read), published_staleness(folder, read)]
    table = tables.figures(_committed(folder), read_metrics(published))
    return _marked("\n\n".join(filter(None, said)) or None, table)


def _older_run(folder: Path, read: Read) -> str | None:
    """Return what is to be said of the committed run's figures where dvc.lock is of another run."""
    if _is_of_lock(folder / COMMITTED, EVALUATED, read, Path()):
        return None
    return "*Measured on an older revision. `make repro` and `make readme` measure it anew.*"


def _is_of_lock(copy: Path, output: Path, read: Read, pipeline: Path) -> bool:
    return locked_outputs(read, pipeline).get(output.as_posix()) == file_md5(copy)


def _marked(said: str | None, content: str) -> str:
    return f"{said}\n\n{content}" if said else content


def _measured(name: str, document: type[Document], command: str, write: Callable[[Document], str]) -> Writer:
    """Return what writes a region from one measured file, or says that it is not measured yet."""

    def written(folder: Path, read: Read) -> str:
        measured = _read(folder / name, document, command)
        if measured is None:
            return f"Not measured yet; `{command}` does that."
        return _marked(_stale(folder / name, read), write(measured))

    return written


def _emnist(folder: Path, read: Read) -> str:
    found = {
        variant: _read(_metrics_of(folder, variant), EmnistMetrics, "make emnist") for variant in VARIANTS.values()
    }
    older = [
        variant.name
        for variant, metrics in found.items()
        if metrics and not _is_of_lock(_metrics_of(folder, variant), details_path(variant), read, PIPELINE)
    ]
    said = f"*{', '.join(older)}: measured on an older revision. `make emnist` and `make readme` measure it anew.*"
    return _marked(said if older else None, emnist_figures([each for each in found.values() if each]))


def _metrics_of(folder: Path, variant: Variant) -> Path:
    return folder / f"{variant.task}.json"


def _emnist_networks(folder: Path, read: Read) -> str:
    written = []
    for variant in VARIANTS.values():
        path = folder / f"{variant.task}-networks.json"
        found = _read(path, EmnistNetworks, f"python -m benchmarks.emnist {variant.name}")
        if found:
            written.append(_marked(_stale(path, read), emnist_networks(found)))
    return "\n\n".join(written)


def _stale(path: Path, read: Read) -> str | None:
    return staleness(path.name, json.loads(path.read_bytes()), read)


def _read(path: Path, document: type[Document], command: str) -> Document | None:
    if not path.is_file():
        return None
    try:
        return document.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{path}: {faults}; run `{command}` again") from None


_WRITERS: Mapping[Region, Writer] = MappingProxyType(
    {
        "headline": _headline,
        "figures": _figures,
        "crossval": _measured("crossval.json", Crossval, "make crossval", tables.crossval),
        "paper": _measured("paper.json", Papers, "python -m benchmarks.paper", tables.papers),
        "ablation": _measured("ablation.json", Ablation, "python -m benchmarks.ablation", tables.ablation),
        "pretraining": _measured("pretrain.json", Benchmark, "python -m benchmarks.pretrain", tables.pretraining),
        "serving": _measured("serving.json", Serving, "python -m benchmarks.serving", tables.serving),
        "files": _measured("predict_files.json", ManyFiles, "python -m benchmarks.predict_files", tables.many_files),
        "mutants": _measured("mutants.json", Mutants, "make mutants", mutants_tables),
        "emnist": _emnist,
        "emnist-networks": _emnist_networks,
    }
)
