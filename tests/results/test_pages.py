"""What a user may rely on: README and the manual show what lies in docs/results, and nothing else is touched."""

import json
from pathlib import Path

import pytest

from src.common.errors import InputError
from src.results.pages import COMMITTED, PAGES, README, RESULTS, render_pages, replace_region
from tests.metrics_document import document

PAGE = Path("page.md")
BEGIN, END = "<!-- emnist -->", "<!-- /emnist -->"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the committed run's metrics and pages that have nothing but their markers."""
    (tmp_path / RESULTS).mkdir(parents=True)
    (tmp_path / RESULTS / COMMITTED).write_text(json.dumps(document()), encoding="utf-8")
    for page, regions in PAGES.items():
        text = "\n".join(f"<!-- {region} -->\n<!-- /{region} -->" for region in regions)
        (tmp_path / page).write_text(text, encoding="utf-8")
    return tmp_path


def test_readme_gets_three_lines_and_the_manual_the_tables(root: Path) -> None:
    pages = render_pages(root)
    assert sum(line.startswith("- ") for line in pages[README].splitlines()) == 3
    assert "| label, letters | 94.0 % |" in pages[RESULTS / "reading.md"]


def test_what_was_not_measured_is_said_with_the_command_that_measures_it(root: Path) -> None:
    pages = render_pages(root)
    assert "Not measured yet; `make crossval` does that." in pages[RESULTS / "reading.md"]
    assert "Not measured yet; `python -m benchmarks.serving` does that." in pages[RESULTS / "speed.md"]


def test_a_measured_file_of_a_wrong_form_is_named_with_the_command_that_makes_it(root: Path) -> None:
    (root / RESULTS / "crossval.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"crossval\.json: corpus: .*run `make crossval` again"):
        render_pages(root)


def test_only_what_is_between_the_markers_is_replaced() -> None:
    text = replace_region(f"before\n{BEGIN}\nold\n{END}\nafter\n", "emnist", "new", PAGE)
    assert text == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert replace_region(text, "emnist", "new", PAGE) == text


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_two_markers_is_left_alone(text: str) -> None:
    with pytest.raises(InputError, match=r"page\.md: .*each once"):
        replace_region(text, "emnist", "new", PAGE)
