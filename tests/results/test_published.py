from src.results.published import PUBLISHED_FIGURES, comparison_table
from src.results.run import NAMES, format_value
from tests.metrics_document import metrics, shown


def test_the_published_figures_are_shares_of_the_published_rows() -> None:
    assert format_value("label", PUBLISHED_FIGURES["label"]) == "94.0 %"
    assert format_value("label_letters", PUBLISHED_FIGURES["label_letters"]) == "92.0 %"
    assert format_value("case_letters", PUBLISHED_FIGURES["case_letters"]) == "88.4 %"
    assert set(PUBLISHED_FIGURES) <= set(NAMES)


def test_ours_stands_beside_the_published_figures() -> None:
    lines = shown(comparison_table(metrics(mode="published"))).splitlines()
    assert next(line for line in lines if "case, letters " in line).split()[-2:] == ["88.4", "%"]
    assert next(line for line in lines if "top three" in line).split()[-1] == "–"
