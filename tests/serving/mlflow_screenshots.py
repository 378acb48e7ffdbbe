"""Pictures of MLflow's page for the manual: `python -m tests.serving.mlflow_screenshots FOLDER`, then look at them.

FOLDER is a checkout whose mlflow.db holds runs: `dvc repro`, and two experiments of `dvc exp run` for the curves.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import click
import httpx
from mlflow import MlflowClient
from mlflow.entities import Run
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from src.commands.ui import HOST, KIND, QUIET, server_command
from src.tracking.mlflow_store import EXPERIMENT
from src.tracking.store_address import existing_store
from src.tracking.tracking import MODEL_NAME
from src.workspace.repository import environment
from tests.free_port import free_port
from tests.serving.drawing import CHROMIUM, OPTIONS

PICTURES = Path("docs/pictures")
WIDTH, HEIGHT = 1280, 860
COLOURS = 128
"""Of a picture: enough for a page, and a third of its bytes."""
LARGEST_BYTES = 250_000
SETTLED_MILLISECONDS = 4000
"""MLflow's page loads its parts one by one, and says nowhere that it has the last."""


@contextmanager
def served(store: str, folder: Path) -> Iterator[str]:
    """Run MLflow's server as `pysar ui` does, and yield its address."""
    port = free_port()
    address = f"http://{HOST}:{port}"
    process = subprocess.Popen(
        server_command(store, port), cwd=folder, env={**environment(folder), **QUIET}, start_new_session=True
    )
    try:
        while process.poll() is None:
            try:
                httpx.get(f"{address}/health", timeout=2).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield address
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)  # the group is its own: start_new_session
            process.wait()


def pages(client: MlflowClient) -> dict[str, str]:
    """Return the address of each picture, behind that of the server."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        raise click.ClickException(f"no experiment {EXPERIMENT}: run the pipeline first")
    experiment = found.experiment_id

    def runs(stage: str) -> list[Run]:
        return list(client.search_runs([experiment], f"tags.`dvc.stage` = '{stage}' and status = 'FINISHED'"))

    curves = quote("tags.`dvc.stage` = 'finetune'")
    version = client.get_registered_model(MODEL_NAME).latest_versions[0].version
    return {
        "experiment": f"experiments/{experiment}/runs?{KIND}",
        "run": f"experiments/{experiment}/runs/{runs('evaluate')[0].info.run_id}?{KIND}",
        "curves": f"experiments/{experiment}/runs?searchFilter={curves}&compareRunsMode=CHART&{KIND}",
        "version": f"models/{MODEL_NAME}/versions/{version}?{KIND}",
    }


def take(page: Page, address: str, path: Path) -> None:
    """Keep a picture of a page, small."""
    page.goto(address)
    page.wait_for_timeout(SETTLED_MILLISECONDS)
    assistant = page.get_by_role("button", name="Close", exact=True)
    if assistant.count():
        assistant.first.click()
        page.wait_for_timeout(SETTLED_MILLISECONDS // 4)
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    if path.stat().st_size > LARGEST_BYTES:
        raise click.ClickException(f"{path}: {path.stat().st_size:,} bytes, above {LARGEST_BYTES:,}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Show the runs in FOLDER, take each picture, end the server."""
    store = existing_store(folder.resolve())
    with served(store, folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB").new_page()
        for name, address in pages(MlflowClient(store)).items():
            take(page, f"{server}/#/{address}", PICTURES / f"mlflow-{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
