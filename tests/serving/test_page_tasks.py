"""What who draws on the page may rely on where several tasks are served: a switch, and answers of that alphabet."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving.drawing import Stroke, answers, draw, open_page, wait_for_answer
from tests.serving.latin import BALANCED, DIGITS_TASK, GLYPHS_TASK

CROSS: list[Stroke] = [[(0.36, 0.36), (0.64, 0.7)], [(0.64, 0.36), (0.36, 0.7)]]
SORTS = {True: "uppercase letter", False: "lowercase letter", None: "letter"}
WORDS = {True: "uppercase", False: "lowercase", None: "letter"}
"""Of a bar."""


@pytest.fixture
def page(browser: Browser, latin_client: httpx.Client) -> Iterator[Page]:
    """The page of a service with three tasks, its switch shown."""
    with open_page(browser, str(latin_client.base_url)) as page:
        expect(page.locator("#task")).to_be_visible()
        yield page


def switch(page: Page, task: str) -> None:
    """Choose a task, and wait for the answer to what is drawn already."""
    before = answers(page)
    page.locator("#task").select_option(task)
    wait_for_answer(page, before)


def test_another_alphabet_answers_what_was_drawn_before_and_what_is_drawn_then(page: Page) -> None:
    draw(page, CROSS)
    expect(page.locator("#answer-label")).to_have_attribute("lang", "uk")
    switch(page, GLYPHS_TASK)
    _expect_glyph(page)
    page.locator("#clear").click()
    draw(page, CROSS)
    _expect_glyph(page)


def _expect_glyph(page: Page) -> None:
    label = page.locator("#answer-label").text_content() or ""
    assert label in set(BALANCED.labels)
    expect(page.locator("#answer-label")).to_have_attribute("lang", "en")
    sort = "digit" if label.isdigit() else SORTS[BALANCED.is_uppercase(label)]
    expect(page.locator("#answer-case")).to_have_text(sort)
    expect(page.locator("#case")).to_be_hidden()
    for row in page.locator("#top > li").all():
        shown = row.locator(".glyph").text_content() or ""
        word = "digit" if shown.isdigit() else WORDS[BALANCED.is_uppercase(shown)]
        expect(row.locator(".kind")).to_have_text(word)
        expect(row.locator(".glyph")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("kind", ["letter", "digit"])
def test_a_kind_holds_for_another_alphabet(page: Page, kind: str) -> None:
    page.locator("#task").select_option(GLYPHS_TASK)
    page.locator(f"label[for=kind-{kind}]").click()
    draw(page, CROSS)
    assert (page.locator("#answer-label").text_content() or "").isdigit() == (kind == "digit")


def test_an_unsure_answer_is_said_to_be_so(page: Page) -> None:
    draw(page, CROSS)
    expect(page.locator("#unsure")).to_be_hidden()
    switch(page, GLYPHS_TASK)
    expect(page.locator("#unsure")).to_have_text("Not sure: this may be another character.")
    expect(page.locator("#live")).to_contain_text("Not sure")
    page.locator("#language").click()
    expect(page.locator("#unsure")).to_contain_text("Не певен")


def test_only_ukrainian_drawings_are_collected(page: Page) -> None:
    draw(page, CROSS)
    expect(page.locator("#right")).to_be_enabled()
    switch(page, GLYPHS_TASK)
    expect(page.locator("#feedback")).to_be_hidden()
    switch(page, "ukrainian")
    expect(page.locator("#right")).to_be_enabled()


def test_digits_alone_are_asked_for_no_kind(page: Page) -> None:
    page.locator("label[for=kind-letter]").click()
    page.locator("#task").select_option(DIGITS_TASK)
    expect(page.locator("#kind")).to_be_hidden()
    expect(page.locator("#hint")).to_contain_text("Write one digit")
    draw(page, CROSS)
    assert (page.locator("#answer-label").text_content() or "").isdigit()
    switch(page, "ukrainian")
    expect(page.locator("#kind-letter")).to_be_checked()


@pytest.mark.parametrize(
    ("task", "what", "pad"),
    [
        ("ukrainian", "Ukrainian letters and digits", "one letter or digit"),
        (GLYPHS_TASK, "Latin letters and digits", "one letter or digit"),
        (DIGITS_TASK, "digits", "one digit"),
    ],
)
def test_the_page_says_what_it_reads_in_both_languages(page: Page, task: str, what: str, pad: str) -> None:
    page.locator("#task").select_option(task)
    expect(page.locator("#tagline")).to_have_text(f"reads handwritten {what}")
    expect(page).to_have_title(f"Pysar reads handwritten {what}")
    expect(page.get_by_role("img", name=f"Writing field: {pad}", exact=True)).to_be_visible()
    page.locator("#language").click()
    expect(page.locator("#tagline")).to_contain_text("читає рукописні")
    said = page.locator("#tagline").text_content()
    expect(page).to_have_title(f"Писар: {said}")


def test_the_alphabet_is_remembered_until_it_is_no_longer_served(page: Page) -> None:
    page.locator("#task").select_option(GLYPHS_TASK)
    expect(page.locator("#model")).to_contain_text(GLYPHS_TASK)
    page.reload()
    expect(page.locator("#task")).to_have_value(GLYPHS_TASK)
    expect(page.locator("#model")).to_contain_text(GLYPHS_TASK)
    draw(page, CROSS)
    _expect_glyph(page)
    tasks = page.request.get(page.url + "tasks").json()
    page.route("**/tasks", lambda route: route.fulfill(json=[task for task in tasks if task["name"] != GLYPHS_TASK]))
    page.reload()
    expect(page.locator("#task")).to_have_value("ukrainian")
    draw(page, CROSS)
    expect(page.locator("#answer-label")).to_have_attribute("lang", "uk")


def test_the_switch_is_named_and_used_by_keyboard(page: Page) -> None:
    draw(page, CROSS)
    before = answers(page)
    switch = page.get_by_label("Alphabet")
    expect(switch.locator("option")).to_have_text(["Ukrainian", "Latin, 47 characters", "Digits only"])
    switch.focus()
    page.keyboard.press("L")
    expect(switch).to_have_value(GLYPHS_TASK)
    wait_for_answer(page, before)
    page.keyboard.press("Escape")
    expect(page.locator("#answer-label")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_cut_off_at_any_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    draw(page, CROSS)
    switch(page, GLYPHS_TASK)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_another_task_there_is_no_switch(browser: Browser, client: httpx.Client) -> None:
    with open_page(browser, str(client.base_url)) as page:
        draw(page, CROSS)
        expect(page.locator("#answer-label")).to_be_visible()
        expect(page.locator("#task")).to_be_hidden()
        expect(page.locator("#kind")).to_be_visible()
