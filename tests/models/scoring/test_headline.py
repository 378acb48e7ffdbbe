from src.models.scoring.headline import HEADLINE, headline
from src.models.scoring.intervals import Estimate


def figure(value: float | None) -> dict[str, float | int | None]:
    return Estimate(value, 0.0, 1.0, None, 0 if value is None else 7).as_json()


def test_a_metrics_file_has_a_number_for_each_figure_in_the_order_of_the_columns() -> None:
    details = {key: figure(0.123456) for key in reversed(list(HEADLINE.values()))}
    assert list(headline(details).items()) == [(name, 0.1235) for name in HEADLINE]


def test_what_was_not_measured_and_what_is_no_headline_are_left_out() -> None:
    details = {"corpus": "upstream", "label": figure(0.5), "case_letters": figure(None), "kind": figure(0.9)}
    assert headline(details) == {"label": 0.5}
