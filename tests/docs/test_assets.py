from pathlib import Path

import pytest

from docs.assets import fetched_elsewhere


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        '<img src="a.png" srcset="a.png, https://example.org/b.png">',
        '<p style="background: url(http://example.org/a.png)">',
    ],
)
def test_a_page_that_asks_another_host_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    ((page, address),) = fetched_elsewhere(tmp_path)
    assert page == tmp_path / "page.html"
    assert "example.org" in address


def test_a_style_sheet_that_asks_another_host_is_found(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("@import 'https://example.org/a.css';", encoding="utf-8")
    assert [address for _, address in fetched_elsewhere(tmp_path)] == ["https://example.org/a.css"]


def test_links_that_people_click_and_own_files_are_no_such_thing(tmp_path: Path) -> None:
    text = '<a href="https://example.org">there</a><script src="_static/a.js"></script>'
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert list(fetched_elsewhere(tmp_path)) == []
