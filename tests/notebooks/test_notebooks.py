"""What is kept of a notebook; tests/pipeline/test_notebooks.py runs them."""

import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
TOURS = sorted(FOLDER.glob("*.ipynb"))
CURE = "clear all outputs before you commit: they hold pictures of data that nobody may redistribute"

every_tour = pytest.mark.parametrize("path", TOURS, ids=lambda path: path.stem)


def read_notebook(path: Path) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(path, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]  # its own
    return notebook


def test_there_is_a_tour_of_the_data_of_the_results_and_of_a_study() -> None:
    assert [path.stem for path in TOURS] == ["data_tour", "results_tour", "study_tour"]


@every_tour
def test_a_notebook_is_a_valid_document_of_the_present_format(path: Path) -> None:
    notebook = read_notebook(path)
    nbformat.validate(notebook)
    assert notebook.nbformat == nbformat.current_nbformat


@every_tour
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    for cell in read_notebook(path).cells:
        assert cell.get("outputs", []) == [], f"{path.name}, cell {cell.id}: {CURE}"
        assert cell.get("execution_count") is None, f"{path.name}, cell {cell.id}: {CURE}"
        assert cell.get("attachments", {}) == {}, f"{path.name}, cell {cell.id}: {CURE}"


@every_tour
def test_a_notebook_says_nothing_of_the_machine_it_was_edited_on(path: Path) -> None:
    notebook = read_notebook(path)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(cell.metadata == {} for cell in notebook.cells)


@every_tour
def test_a_notebook_begins_with_its_title_and_what_one_learns(path: Path) -> None:
    first = read_notebook(path).cells[0]
    title, _, text = first.source.partition("\n")
    assert first.cell_type == "markdown"
    assert title.startswith("# ")
    assert len(text.strip()) > len(title)


@every_tour
def test_a_notebook_s_links_lead_somewhere(path: Path) -> None:
    text = "\n".join(cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (FOLDER / link).is_file()] == []


def test_the_folder_s_readme_names_every_notebook() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in TOURS if f"({path.name})" not in readme] == []
