from src.data.pictures.letter_strips import letter_strips
from src.data.tables.table import make_table, stack_images
from tests.data.sample_rows import row


def test_each_letter_and_case_has_a_strip_in_the_alphabets_order_and_digits_come_last() -> None:
    rows = [row("б", "b", is_uppercase=True)]
    rows += [row("а", f"a-{number}", is_uppercase=number >= 15) for number in range(18)]
    rows += [row("б", "unknown", is_uppercase=None), row("5", "digit")]
    strips = letter_strips(make_table(rows), most=10)
    shown = [(strip.caption, len(strip.images)) for strip in strips]
    assert shown == [("а", 10), ("А", 3), ("Б", 1), ("б", 1), ("5", 1)]


def test_samples_are_spread_over_the_table_from_first_to_last() -> None:
    rows = [row("а", str(number), image=bytes([number]) * 784) for number in range(9)]
    (strip,) = letter_strips(make_table(rows), most=3)
    assert strip.images[:, 0, 0].tolist() == [0, 4, 8]
    assert stack_images(make_table(rows)).shape == (9, 28, 28)
