"""Where the measured figures stand: three lines in README, the tables in the manual."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from src.common.errors import InputError
from src.results import tables
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Serving
from src.results.emnist_tables import EmnistMetrics, EmnistNetworks, emnist_figures, emnist_networks
from src.results.run import Metrics, read_metrics
from src.tasks.emnist import VARIANTS

Region = Literal[
    "headline", "figures", "crossval", "ablation", "pretraining", "serving", "files", "emnist", "emnist-networks"
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
        RESULTS / "reading.md": ("figures", "crossval"),
        RESULTS / "method.md": ("ablation", "pretraining"),
        RESULTS / "speed.md": ("serving", "files"),
        RESULTS / "latin.md": ("emnist", "emnist-networks"),
    }
)
"""Each page with the regions that are written into it."""

Document = TypeVar("Document", bound=BaseModel)


def render_pages(root: Path) -> dict[Path, str]:
    """Return the text of each page with what docs/results holds; only the committed run's metrics must be there.

    Raises:
        InputError: A measured file is missing or its content is wrong, or a page lacks a marker.
    """
    return {page: _render(root, page, regions) for page, regions in PAGES.items()}


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


def _render(root: Path, page: Path, regions: tuple[Region, ...]) -> str:
    text = (root / page).read_text(encoding="utf-8")
    for region in regions:
        text = replace_region(text, region, _WRITERS[region](root / RESULTS), page)
    return text


def _committed(folder: Path) -> Metrics:
    return read_metrics(folder / COMMITTED)


def _figures(folder: Path) -> str:
    published = folder / "published.json"
    return tables.figures(_committed(folder), read_metrics(published) if published.is_file() else None)


def _measured(
    name: str, document: type[Document], command: str, write: Callable[[Document], str]
) -> Callable[[Path], str]:
    """Return what writes a region from one measured file, or says that it is not measured yet."""

    def written(folder: Path) -> str:
        measured = _read(folder / name, document, command)
        return write(measured) if measured else f"Not measured yet; `{command}` does that."

    return written


def _emnist(folder: Path) -> str:
    found = [_read(folder / f"{variant.task}.json", EmnistMetrics, "make emnist") for variant in VARIANTS.values()]
    return emnist_figures([each for each in found if each])


def _emnist_networks(folder: Path) -> str:
    found = [
        _read(folder / f"{variant.task}-networks.json", EmnistNetworks, f"python -m benchmarks.emnist {variant.name}")
        for variant in VARIANTS.values()
    ]
    return "\n\n".join(emnist_networks(each) for each in found if each)


def _read(path: Path, document: type[Document], command: str) -> Document | None:
    if not path.is_file():
        return None
    try:
        return document.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"{path}: {faults}; run `{command}` again") from None


_WRITERS: Mapping[Region, Callable[[Path], str]] = MappingProxyType(
    {
        "headline": lambda folder: tables.headline(_committed(folder)),
        "figures": _figures,
        "crossval": _measured("crossval.json", Crossval, "make crossval", tables.crossval),
        "ablation": _measured("ablation.json", Ablation, "python -m benchmarks.ablation", tables.ablation),
        "pretraining": _measured("pretrain.json", Benchmark, "python -m benchmarks.pretrain", tables.pretraining),
        "serving": _measured("serving.json", Serving, "python -m benchmarks.serving", tables.serving),
        "files": _measured("predict_files.json", ManyFiles, "python -m benchmarks.predict_files", tables.many_files),
        "emnist": _emnist,
        "emnist-networks": _emnist_networks,
    }
)
