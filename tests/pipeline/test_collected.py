"""The whole circle: what is drawn on the page and put right is learned from, and then read better."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from src.commands.repro import stages_to_run
from src.common.digests import file_digest
from src.data.corpora.given_drawing import GivenDrawing, load_given
from src.data.tables.table import SPLIT_SCHEMA, read_table
from tests.free_port import free_port
from tests.pipeline.conftest import Run, environment
from tests.serving.drawing import Stroke, draw, open_browser, open_page, wait

MODEL = "models/pysar.onnx"
COLLECTED = "data/collected"
TRUTH = "н"
ODD: list[Stroke] = [
    [(0.4, 0.3), (0.4, 0.74)],
    [(0.6, 0.3), (0.6, 0.74)],
    *([(0.4, height), (0.6, height)] for height in (0.36, 0.44, 0.52, 0.6, 0.68)),
]
"""A ladder: н as somebody may write it, with four rungs more than all others."""
NEEDED = {"prepare_collected", "merge", "split", "prepare_negatives", "finetune", "calibrate", "evaluate"}


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve the clone's own model as people do, and yield the address."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "src.commands.cli", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=root, env=environment()) as process:
        try:
            with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=10)) as client:
                assert client.get("/readyz").status_code == 200
            yield address
        finally:
            process.terminate()


@pytest.fixture
def page(reproduced: Path) -> Iterator[Page]:
    with served(reproduced) as address, open_browser() as browser, open_page(browser, address) as page:
        yield page


@pytest.fixture
def undone(reproduced: Path, run: Run) -> Iterator[None]:
    """Afterwards the clone is as it was."""
    yield
    for path in (reproduced / COLLECTED).rglob("*.json"):
        path.unlink()
    run("git", "restore", ".")
    run("dvc", "checkout", "dvc.yaml")


def put_right(page: Page, root: Path, truth: str) -> Path:
    """Say what the drawing on the page is, with consent; return where it is kept."""
    page.locator("#wrong").click()
    page.locator("#agree").click()
    page.locator(f"#chooser [data-character={truth}]").click()
    page.locator("#delete-sample").wait_for()
    (kept,) = (root / COLLECTED / "new").glob("*.json")
    return kept


def probability(page: Page, sample: GivenDrawing) -> float:
    """Return how probable the service finds it that a drawing is what its writer says."""
    asked: dict[str, Any] = {"top": 43, "relative_height": sample.relative_height}
    answer = httpx.post(f"{page.url}predict", params=asked, content=sample.picture()).json()
    return float(next(each["p"] for each in answer["top"] if each["label"] == sample.label))


@pytest.mark.usefixtures("undone")
def test_a_drawing_that_was_put_right_is_read_better_after_the_next_repro(
    page: Page, reproduced: Path, run: Run
) -> None:
    draw(page, ODD)
    kept = put_right(page, reproduced, TRUTH)
    sample = load_given(kept)
    before = probability(page, sample)

    run(sys.executable, "-m", "src.commands.cli", "review", "--accept", kept.stem)
    said = run("dvc", "repro").stdout
    assert stages_to_run(said) == NEEDED
    rows = read_table(reproduced / "data/processed/split.parquet", SPLIT_SCHEMA)
    (given,) = rows[rows["source"] == "collected"].to_dict("records")
    assert (given["label"], given["split"], given["group"]) == (TRUTH, "train", f"collected/{sample.writer}")

    exported = file_digest(reproduced / MODEL)
    wait(page, lambda: httpx.get(f"{page.url}model").json()["sha256"] == exported)
    assert probability(page, sample) > before
    page.locator("#clear").click()
    draw(page, ODD)
    assert (page.locator("#answer-label").text_content() or "")[0].lower() == TRUTH
