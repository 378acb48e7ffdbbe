"""What who draws on the page may rely on, in Chromium: answers while drawing, undo, kinds, and consent first."""

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from src.serving.sample_store import read_sample
from src.serving.settings import Settings

Stroke = list[tuple[float, float]]
RING = [(0.5 + 0.13 * math.sin(angle / 6), 0.54 - 0.18 * math.cos(angle / 6)) for angle in range(39)]
LETTERS: dict[str, list[Stroke]] = {
    "о": [RING],
    "х": [[(0.36, 0.36), (0.64, 0.7)], [(0.64, 0.36), (0.36, 0.7)]],
    "ш": [[(0.3, 0.38), (0.3, 0.7), (0.7, 0.7), (0.7, 0.38)], [(0.5, 0.38), (0.5, 0.7)]],
    "т": [[(0.3, 0.36), (0.7, 0.36)], [(0.5, 0.36), (0.5, 0.72)]],
}
"""Strokes on a canvas of side 1."""
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, client: httpx.Client) -> Iterator[Page]:
    """The page, 360 px wide and in English; what its console complains of fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(str(client.base_url))
    yield page
    context.close()
    assert [complaint for complaint in complaints if "503" not in complaint] == []


def answers(page: Page) -> int:
    """Return how many answers the page has shown."""
    return int(page.locator("body").get_attribute("data-answers") or 0)


def wait(page: Page, condition: Callable[[], bool], seconds: float = 10) -> None:
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


@pytest.mark.parametrize("label", list(LETTERS))
def test_a_letter_that_is_drawn_is_read(page: Page, label: str) -> None:
    page.locator("label[for=kind-letter]").click()
    draw(page, LETTERS[label])
    assert (page.locator("#answer-label").text_content() or "")[0].lower() == label
    assert page.locator("#top > *").count() == 5
    assert (page.locator("#seen").get_attribute("src") or "").startswith("data:image/png;base64,")
    expect(page.locator("#not-character")).to_be_hidden()


def test_a_digit_among_digits(page: Page) -> None:
    page.locator("label[for=kind-digit]").click()
    draw(page, LETTERS["о"])
    assert (page.locator("#answer-label").text_content() or "").strip() == "0"


def test_undo_takes_the_last_stroke_back_and_clear_all(page: Page) -> None:
    draw(page, LETTERS["х"])
    before = page.locator("#seen").get_attribute("src")
    page.locator("#undo").click()
    wait(page, lambda: page.locator("#seen").get_attribute("src") != before)
    page.locator("#clear").click()
    expect(page.locator("#answer-label")).to_be_hidden()


def test_a_letter_can_be_drawn_with_the_keyboard(page: Page) -> None:
    pad = page.locator("#pad")
    pad.focus()
    page.keyboard.press("Space")
    for key in ["ArrowDown"] * 12 + ["ArrowRight"] * 8:
        page.keyboard.press(key)
    page.keyboard.press("Space")
    wait(page, lambda: answers(page) > 0)
    expect(page.locator("#live")).not_to_be_empty()


def test_nothing_is_kept_before_consent_and_all_can_be_deleted(page: Page, settings: Settings) -> None:
    folder = Path(settings.samples)
    draw(page, LETTERS["х"])
    page.locator("#wrong").click()
    page.locator("#decline").click()
    assert not list(folder.rglob("*.json"))
    page.locator("#wrong").click()
    page.locator("#agree").click()
    page.locator("#chooser [data-character=ж]").click()
    expect(page.locator("#delete-sample")).to_be_visible()
    kept = [read_sample(path) for path in folder.rglob("*.json")]
    assert [(sample.label, sample.answer["label"] != "", sample.consent) for sample in kept] == [("ж", True, True)]
    page.locator("#delete-sample").click()
    wait(page, lambda: not list(folder.rglob("*.json")))


def test_the_language_is_changed_and_remembered(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("#language").click()
    assert page.locator("html").get_attribute("lang") == "uk"
    page.reload()
    assert page.locator("html").get_attribute("lang") == "uk"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    draw(page, LETTERS["х"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_service_that_is_away_is_told_of_in_a_line(page: Page) -> None:
    page.route("**/predict**", lambda route: route.fulfill(status=503, json={"detail": "busy"}))
    box = page.locator("#pad").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 50, box["y"] + 50)
    expect(page.locator("#status")).to_be_visible()
    page.unroute("**/predict**")
    draw(page, LETTERS["х"])
    expect(page.locator("#status")).to_be_hidden()
