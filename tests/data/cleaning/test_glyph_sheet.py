import numpy as np
import pytest

from src.data.cleaning.glyph_ink import Box
from src.data.cleaning.glyph_sheet import COLUMNS, MOST, Tile, draw_glyph_sheet

PAPER = np.full((200, 200), 255, np.uint8)
RED, GREEN = (214, 39, 40), (44, 160, 44)


def colours(tile: Tile) -> set[tuple[int, ...]]:
    sheet = draw_glyph_sheet([tile])
    return {colour for _, colour in sheet.getcolors(sheet.width * sheet.height) or [] if isinstance(colour, tuple)}


def test_both_boxes_are_drawn() -> None:
    assert {RED, GREEN} <= colours(Tile(PAPER, ("a", "b"), Box(10, 10, 90, 90), Box(20, 20, 60, 60)))
    assert not {RED, GREEN} & colours(Tile(PAPER, ("a", "b")))


@pytest.mark.parametrize(
    "tile",
    [
        Tile(None, ("ґ-1.png", "unreadable")),
        Tile(np.zeros((1, 1), np.uint8), ("", "")),
        Tile(np.zeros((900, 20), np.uint8), ("large", ""), Box(-50, -50, 5000, 5000), Box(0, 0, 20, 900)),
        Tile(PAPER, ("the wrong way round", ""), Box(90, 90, 10, 10), Box(0, 0, 1, 1)),
    ],
)
def test_any_tile_can_be_drawn(tile: Tile) -> None:
    assert len(colours(tile)) > 1


def test_the_sheet_grows_by_rows_and_stops_where_nobody_would_look_on() -> None:
    heights = [draw_glyph_sheet([Tile(PAPER, ("a", "b"))] * count).height for count in (0, 1, COLUMNS, COLUMNS + 1)]

    assert heights[0] < heights[1] == heights[2] < heights[3]
    assert (
        draw_glyph_sheet([Tile(None, ("", ""))] * (MOST + 1)).height
        == draw_glyph_sheet([Tile(None, ("", ""))] * MOST).height
    )
