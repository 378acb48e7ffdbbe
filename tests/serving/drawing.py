"""A hand that draws on the page, in Chromium."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

Stroke = list[tuple[float, float]]
"""Points on a canvas of side 1."""
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 60.0
"""Seconds, of a machine that has other work: Chromium encodes a drawing when it is idle."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium; where it is not installed the test is skipped."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page, 360 px wide and in English; what its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    assert [complaint for complaint in complaints if "503" not in complaint] == []


def answers(page: Page) -> int:
    """Return how many answers the page has shown."""
    return int(page.locator("body").get_attribute("data-answers") or 0)


def wait(page: Page, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds; Playwright's own way evaluates text, which the page's policy forbids."""
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {seconds:g} s")


def wait_for_answer(page: Page, before: int) -> None:
    """Wait for an answer after so many, and for the last that is under way."""
    wait(page, lambda: answers(page) > before and page.locator("body").get_attribute("data-busy") == "false")


def draw(page: Page, strokes: list[Stroke]) -> None:
    """Draw with the mouse, and wait for the answer to the last stroke."""
    box = page.locator("#pad").bounding_box()
    assert box is not None
    for stroke in strokes:
        before = answers(page)
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=2)
        page.mouse.up()
        wait_for_answer(page, before)
