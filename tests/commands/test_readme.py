import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from src.commands.readme import (
    README,
    RESULTS,
    copy_metrics,
    read_committed,
    render_readme,
    replace_region,
)
from src.common.errors import InputError
from src.results.documents import Ablation, Benchmark, Crossval, ManyFiles, Serving
from src.results.run import NAMES, read_metrics
from src.results.tables import Measured, render_results
from src.workspace.repository import METRICS, locked_md5
from tests.metrics_document import document, metrics

ROOT = Path(__file__).parents[2]
BEGIN, END = "<!-- emnist -->", "<!-- /emnist -->"


def training(seconds: float) -> dict[str, float]:
    return {"epochs": 12, "seconds": seconds, "right": 9955, "n": 10000, "value": 0.9955, "low": 0.994, "high": 0.9966}


def benchmark() -> Benchmark:
    return Benchmark.model_validate({"ours": training(100.0), "published": training(1250.0), "machine": "cpu, x86_64"})


def test_readme_tables_hold_every_figure_and_the_times() -> None:
    text = render_results(Measured(metrics(), metrics(mode="published"), benchmark=benchmark()))
    widths = {line.count("|") for line in text.split("\n\n")[0].splitlines()}
    assert widths == {9}
    assert all(name in text for name in NAMES.values())
    assert "| case, letters | 94.0 % | 90.7 – 96.2 | 282 of 300 | 94.0 % | 90.7 – 96.2 | 282 of 300 | 88.4 % |" in text
    assert "1/12.5" in text


def test_readme_tables_show_how_the_service_and_the_command_do() -> None:
    figures = {"p50": 2.04, "p99": 4.3, "requests_per_second": 1508.7, "first_answer_seconds": 0.69, "memory": 129.2}
    serving = Serving.model_validate({"clients": 32} | dict.fromkeys(("ours", "published", "empty"), figures))
    files = ManyFiles(files=10_000, predicted_per_second=900.4, decoded_per_second=2000.0, parts={"decode": 0.3})
    text = render_results(Measured(metrics(), serving=serving, many_files=files))
    assert "| ours | 2.0 ms | 4.3 ms | 1,509 a second | 0.7 s | 129 MB |" in text
    assert "| FastAPI that reads nothing | 2.0 ms | 4.3 ms |" in text
    assert "900 files a second of 10,000 such pictures, 45 % of the rate" in text
    assert "a file takes decode 0.30 ms." in text


def test_readme_tables_leave_out_what_was_not_measured() -> None:
    text = render_results(Measured(metrics()))
    assert "published split |" not in text
    assert "pretraining" not in text


def test_readme_tables_show_cross_validation_and_ablation() -> None:
    spread = {"mean": 0.95, "spread": 0.004}
    names = ("label", "label_kind_known", "label_top3", "case_paired", "label_ece")
    crossval = Crossval.model_validate(
        {"corpus": "upstream", "letters": 1081, "folds": 5, "seeds": [1, 2, 3], **dict.fromkeys(names, spread)}
    )
    worth = {"value": 0.912, "points": -2.34, "standard_error": 0.56}
    row = dict.fromkeys(("label", "kind_known", "case", "unseen"), worth)
    rows = {"default": {"words": "as it is", **row}, "no_ema": {"words": "no EMA", **row}}
    ablation = Ablation.model_validate({"letters": 1081, "rows": rows})
    text = render_results(Measured(metrics(), crossval=crossval, ablation=ablation))
    assert "| 1,081 letters, 5 folds, 3 times | mean | spread |" in text
    assert "| label, kind known | 95.0 % | 0.4 % |" in text
    assert "| label, calibration (ECE) | 0.950 | 0.004 |" in text
    assert "| as it is | 91.2 % | 91.2 % | 91.2 % | 91.2 % |" in text
    assert "| no EMA | -2.3 ± 0.6 | -2.3 ± 0.6 | -2.3 ± 0.6 | -2.3 ± 0.6 |" in text


def test_only_what_is_between_the_markers_is_replaced() -> None:
    text = replace_region(f"before\n{BEGIN}\nold\n{END}\nafter\n", "emnist", "new")
    assert text == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert replace_region(text, "emnist", "new") == text


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}", f"{BEGIN}{BEGIN}{END}"])
def test_a_readme_without_its_two_markers_is_left_alone(text: str) -> None:
    with pytest.raises(InputError, match="each once"):
        replace_region(text, "emnist", "new")


def test_a_sample_run_never_gets_into_the_readme(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sample"):
        copy_metrics(tmp_path, "metrics", json.dumps(document("sample")).encode())
    with pytest.raises(InputError, match="stratified"):
        copy_metrics(tmp_path, "published", json.dumps(document()).encode())
    assert not (tmp_path / RESULTS).exists()


def test_the_copy_in_docs_is_byte_for_byte(tmp_path: Path) -> None:
    content = json.dumps(document(mode="published")).encode()
    copy_metrics(tmp_path, "published", content)
    assert (tmp_path / RESULTS / "published.json").read_bytes() == content


def repository_with(tmp_path: Path, content: bytes, md5: str) -> Path:
    (tmp_path / METRICS).parent.mkdir(parents=True)
    (tmp_path / METRICS).write_bytes(content)
    lock = {"stages": {"evaluate": {"outs": [{"path": METRICS.as_posix(), "md5": md5}]}}}
    (tmp_path / "dvc.lock").write_text(json.dumps(lock), encoding="utf-8")
    return tmp_path


def test_metrics_that_are_not_the_locked_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository_with(tmp_path, b"{}", "0" * 32)
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: "{}")
    with pytest.raises(InputError, match=r"metrics\.json: not what dvc\.lock says"):
        read_committed(root)


def test_metrics_of_a_changed_workspace_are_refused_by_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository_with(tmp_path, b"{}", hashlib.md5(b"{}", usedforsecurity=False).hexdigest())
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: '{"finetune": [{"changed deps": {}}]}')
    with pytest.raises(InputError, match="finetune"):
        read_committed(root)
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: "{}")
    assert read_committed(root) == b"{}"


def test_the_readme_shows_the_committed_run() -> None:
    # Of git's index: a run of one's own, or on the sample, leaves another dvc.lock in the workspace.
    command = ["git", "show", ":dvc.lock"]
    lock = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if METRICS.as_posix() not in lock:
        pytest.skip("no run is committed yet")
    text = (ROOT / README).read_text(encoding="utf-8")
    assert render_readme(ROOT) == text, "README.md is out of date: make readme"
    kept = (ROOT / RESULTS / METRICS.name).read_bytes()
    assert hashlib.md5(kept, usedforsecurity=False).hexdigest() == locked_md5(lock, "evaluate", METRICS)
    assert read_metrics(ROOT / RESULTS / METRICS.name).corpus == "upstream"
