"""Pictures of the page for README.md: `python -m tests.serving.screenshots`, after a look at what it made."""

import time
from pathlib import Path
from threading import Thread
from typing import Literal

import numpy as np
import uvicorn
from playwright.sync_api import Page, sync_playwright

from src.data.writer.draw import write_glyph
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource, find_others
from src.serving.settings import Settings
from tests.free_port import free_port
from tests.serving.drawing import CHROMIUM, OPTIONS, Stroke, draw

PICTURES = Path("docs/pictures")
Scheme = Literal["light", "dark"]
SHOTS: dict[str, tuple[str, int, int, Scheme, str]] = {
    "page-desktop": ("ж", 1180, 740, "light", "uk-UA"),
    "page-desktop-dark": ("ж", 1180, 740, "dark", "en-GB"),
    "page-phone": ("ю", 360, 740, "light", "en-GB"),
    "page-phone-dark": ("ю", 360, 740, "dark", "uk-UA"),
}
"""Of each picture: the letter, width and height in px, and what the browser prefers."""
NO_REPOSITORY = Path("/")
"""The page is shown as it is right after installation, with the released models."""
BASELINE = 0.72
X_HEIGHT = 0.34 / 100
"""Of the page's ruling, as shares of its side; lines of the stroke writer are in hundredths of the x-height."""


def strokes(label: str) -> list[Stroke]:
    """Return a letter by our own stroke writer, standing on the page's line."""
    writing = write_glyph(label, is_uppercase=False, generator=np.random.default_rng(4))
    lines = [X_HEIGHT * line for line in writing.lines]
    bottom = max(line.imag.max() for line in lines)
    return [[(0.5 + point.real, BASELINE - bottom + point.imag) for point in line] for line in lines]


def take(page: Page, address: str, label: str, path: Path) -> None:
    """Draw a letter and keep a picture of the page."""
    page.goto(address)
    page.locator("#pen-width").fill("7")
    draw(page, strokes(label))
    page.mouse.move(2, 2)
    page.screenshot(path=path)


def main() -> None:
    """Start the service, take each picture, end it."""
    port = free_port()
    app = create_app(Settings(), FileSource(RELEASED), find_others(NO_REPOSITORY))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for name, (label, width, height, scheme, locale) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale, device_scale_factor=1.5
            )
            take(context.new_page(), f"http://127.0.0.1:{port}/", label, PICTURES / f"{name}.png")
        browser.close()
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()
