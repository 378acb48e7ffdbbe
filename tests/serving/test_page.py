"""What who draws on the page may rely on, in Chromium: answers while drawing, undo, kinds, and consent first."""

import math
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from src.data.corpora.given_drawing import load_given
from src.serving.settings import Settings
from tests.serving.drawing import Stroke, answers, draw, open_page, wait

RING = [(0.5 + 0.13 * math.sin(angle / 6), 0.54 - 0.18 * math.cos(angle / 6)) for angle in range(39)]
LETTERS: dict[str, list[Stroke]] = {
    "о": [RING],
    "х": [[(0.36, 0.36), (0.64, 0.7)], [(0.64, 0.36), (0.36, 0.7)]],
    "ш": [[(0.3, 0.38), (0.3, 0.7), (0.7, 0.7), (0.7, 0.38)], [(0.5, 0.38), (0.5, 0.7)]],
    "т": [[(0.3, 0.36), (0.7, 0.36)], [(0.5, 0.36), (0.5, 0.72)]],
}
"""Strokes on a canvas of side 1."""


@pytest.fixture
def page(browser: Browser, client: httpx.Client) -> Iterator[Page]:
    """The page, 360 px wide and in English; what its console complains of fails the test."""
    with open_page(browser, str(client.base_url)) as page:
        yield page


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
    kept = [load_given(path) for path in folder.rglob("*.json")]
    assert [(sample.label, sample.answer["label"] != "", sample.consent) for sample in kept] == [("ж", True, True)]
    page.locator("#delete-sample").click()
    wait(page, lambda: not list(folder.rglob("*.json")))


@pytest.mark.parametrize(
    ("asked", "label", "kept"), [("digit", "о", "letter"), ("letter", "0", "digit"), ("", "ж", None)]
)
def test_a_drawing_is_given_as_what_it_is_whatever_was_asked_for(
    page: Page, settings: Settings, asked: str, label: str, kept: str | None
) -> None:
    if asked:
        page.locator(f"label[for=kind-{asked}]").click()
    draw(page, LETTERS["о"])
    page.locator("#wrong").click()
    page.locator("#agree").click()
    page.locator(f"#chooser [data-character={label!r}]").click()
    expect(page.locator("#delete-sample")).to_be_visible()
    (path,) = Path(settings.samples).rglob("*.json")
    assert (load_given(path).label, load_given(path).kind) == (label, kept)


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


def test_the_api_is_described_without_another_host(page: Page, client: httpx.Client) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(str(client.base_url.join("/docs")))
    expect(page.locator("h2")).to_have_text(
        [
            "POST /predict",
            "POST /samples",
            "DELETE /samples/{identity}",
            "GET /tasks",
            "GET /healthz",
            "GET /readyz",
            "GET /model",
        ]
    )
    predict = page.locator("section").first
    expect(predict).to_contain_text("so many of the likeliest labels: integer, 1 to 62; 3 if not given (query)")
    expect(predict).to_contain_text("The body is no picture that can be read")
    expect(page.locator("#trouble")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert {httpx.URL(url).netloc for url in asked} == {client.base_url.netloc}


def test_a_description_that_does_not_come_is_told_of(page: Page, client: httpx.Client) -> None:
    page.route("**/openapi.json", lambda route: route.fulfill(status=200, body="no JSON"))
    page.goto(str(client.base_url.join("/docs")))
    expect(page.locator("#trouble")).to_contain_text("cannot be shown")
