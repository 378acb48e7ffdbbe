import numpy as np
import pytest

from src.features.labels import CODES, LABELS
from src.models.evaluation.report import NAMES, SAMPLE_NOTE, write_report
from src.models.reports.report_tables import percent
from src.models.scoring.answers import Answers


def _answers(*pairs: str) -> Answers:
    """Make answers of pairs of what is shown and what is said."""
    logits = np.zeros((len(pairs), len(LABELS)))
    for row, pair in enumerate(pairs):
        logits[row, CODES[pair[1]]] = 5
    label = np.array([CODES[pair[0]] for pair in pairs])
    return Answers(logits, np.zeros(len(pairs)), label, np.full(len(pairs), np.nan))


def _metrics(corpus: str = "upstream") -> dict[str, object]:
    figure = {"value": 0.987654, "low": 0.9, "high": 1.0, "right": 2, "n": 3}
    special = {
        "case_paired": {"value": None, "low": 0.0, "high": 1.0, "right": 0, "n": 0},
        "label_macro_f1": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 3},
        "mnist_test": {"value": 0.99512, "low": 0.9935, "high": 0.9963, "right": 9951, "n": 10000},
    }
    kinds = {"two_glyphs": {"auroc": {"value": 0.97}, "fpr95": {"value": 0.25, "right": 50, "n": 200}}}
    rows = {"test": 3, "letters": 2, "digits": 1, "mnist_test": 10000}
    origin = {"corpus": corpus, "sources": ["rukopys"], "split_mode": "published", "rows": rows}
    return {**origin, **dict.fromkeys(NAMES, figure), **special, "onnx_max_difference": 2e-6, "refusal_kinds": kinds}


def test_the_report_tells_every_figure_with_its_interval() -> None:
    text = write_report(_metrics(), _answers("аа"))
    assert all(f"| {name} |" in text for name in NAMES.values())
    assert f"| {NAMES['label']} | 98.8 % | 90.0 % to 100.0 % | 2 of 3 |" in text
    assert f"| {NAMES['mnist_test']} | 99.51 % | 99.35 % to 99.63 % | 9951 of 10000 |" in text
    assert f"| {NAMES['case_paired']} | – | 0.0 % to 100.0 % | 0 of 0 |" in text
    assert f"| {NAMES['label_macro_f1']} | 50.0 % | 40.0 % to 60.0 % | 3 rows |" in text
    assert "split mode `published`" in text


def test_the_report_tells_what_was_taken_for_a_character_by_kind() -> None:
    assert "| two glyphs | 97.0 % | 25.0 % | 50 of 200 |" in write_report(_metrics(), _answers("аа"))


@pytest.mark.parametrize(("corpus", "said"), [("sample", True), ("upstream", False)])
def test_only_a_report_on_the_sample_says_so(corpus: str, *, said: bool) -> None:
    assert (SAMPLE_NOTE in write_report(_metrics(corpus), _answers("аа"))) is said


def test_confusions_are_told_the_most_frequent_first() -> None:
    text = write_report(_metrics(), _answers("з3", "з3", "оо", "0о"))
    assert text.index("| з | 3 | 2 |") < text.index("| 0 | о | 1 |")
    assert "| о | о |" not in text


def test_a_report_without_a_mistake_says_that() -> None:
    assert "None: every label is right." in write_report(_metrics(), _answers("аа", "бб"))


def test_shares_are_written_in_percent() -> None:
    assert [percent(0.5), percent(0.12345, 2), percent(1.0), percent(None)] == ["50.0 %", "12.35 %", "100.0 %", "–"]
