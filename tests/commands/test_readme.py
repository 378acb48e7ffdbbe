import hashlib
import json
from pathlib import Path

import pytest

from src.commands.readme import copy_metrics, read_committed
from src.common.errors import InputError
from src.config.paths import EVALUATED
from src.results.pages import COMMITTED, RESULTS
from src.results.run import read_metrics
from tests.metrics_document import document

ROOT = Path(__file__).parents[2]


def test_a_sample_run_is_never_shown(tmp_path: Path) -> None:
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
    (tmp_path / EVALUATED).parent.mkdir(parents=True)
    (tmp_path / EVALUATED).write_bytes(content)
    lock = {"stages": {"evaluate": {"outs": [{"path": EVALUATED.as_posix(), "md5": md5}]}}}
    (tmp_path / "dvc.lock").write_text(json.dumps(lock), encoding="utf-8")
    return tmp_path


def test_metrics_that_are_not_the_locked_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository_with(tmp_path, b"{}", "0" * 32)
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: "{}")
    with pytest.raises(InputError, match=r"details\.json: not what dvc\.lock says"):
        read_committed(root)


def test_metrics_of_a_changed_workspace_are_refused_by_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository_with(tmp_path, b"{}", hashlib.md5(b"{}", usedforsecurity=False).hexdigest())
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: '{"finetune": [{"changed deps": {}}]}')
    with pytest.raises(InputError, match="finetune"):
        read_committed(root)
    monkeypatch.setattr("src.commands.readme.ask_dvc", lambda *_: "{}")
    assert read_committed(root) == b"{}"


def test_what_lies_in_docs_is_of_upstream() -> None:
    # That the pages show it, and what is stale as such, .ci/run tells: here another run may have been.
    assert read_metrics(ROOT / RESULTS / COMMITTED).corpus == "upstream"
