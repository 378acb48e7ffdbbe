"""What `evaluate` writes, as small as the readers of its metrics take it."""

import json
from io import StringIO

from rich.console import Console

from src.results.run import NAMES, Metrics, parse_metrics

FIGURE = {"value": 0.94, "low": 0.907447, "high": 0.961589, "right": 282, "n": 300}
MEAN = {"value": 0.0312, "low": 0.0201, "high": 0.0456, "n": 300}


def document(corpus: str = "upstream", mode: str = "stratified") -> dict[str, object]:
    figures = {key: MEAN if key in {"label_ece", "label_macro_f1"} else FIGURE for key in NAMES}
    return {"corpus": corpus, "split_mode": mode, **figures, "kind": FIGURE}


def metrics(corpus: str = "upstream", mode: str = "stratified") -> Metrics:
    return parse_metrics(json.dumps(document(corpus, mode)), "metrics.json")


def shown(table: object) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
