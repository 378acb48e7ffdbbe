"""What who gives a drawing away may rely on: `kill -9` loses nothing that was acknowledged."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from benchmarks.service import running_service
from src.commands.review import main
from src.data.corpora.given_drawing import GivenDrawing, load_given
from src.prediction.model_file import RELEASED
from tests.serving.givers import give_until_killed, identity_of

KILLS, ENOUGH = 3, 40


def test_what_was_acknowledged_is_whole_after_each_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = tmp_path / "зразки"
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", str(samples))
    acknowledged: dict[str, GivenDrawing] = {}
    for round_ in range(KILLS):
        with running_service(tmp_path, ["--model", str(RELEASED)]) as service:
            acknowledged |= give_until_killed(service, 1000 * round_, ENOUGH)
    assert len(acknowledged) >= KILLS * ENOUGH
    (samples / f"new/{'0' * 64}.0123456789abcdef.tmp").write_bytes(b"a write that was killed")
    kept = {path.stem: load_given(path) for path in (samples / "new").glob("*.json")}
    assert {identity: kept[identity] for identity in acknowledged} == acknowledged
    assert all(identity == identity_of(sample) for identity, sample in kept.items())
    listed = CliRunner().invoke(main, ["--list"])
    assert listed.exit_code == 0
    assert listed.stdout.count("said to be") == len(kept)
    with running_service(tmp_path, ["--model", str(RELEASED)]) as service:
        for identity, sample in list(acknowledged.items())[:5]:
            path = f"{service.address}/samples/{identity}"
            assert httpx.delete(path, params={"writer": sample.writer}).status_code == 204
