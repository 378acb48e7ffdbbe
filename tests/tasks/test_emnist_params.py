from pathlib import Path

import pytest

from src.common.errors import InputError
from src.tasks.emnist_params import PARAMS_FILE, load_emnist_params

TEXT = PARAMS_FILE.read_text("utf-8")


def test_what_the_training_stage_reads_is_named_and_no_more() -> None:
    training, read = load_emnist_params().of_training
    assert set(read) == {"compute", "network", "train"}
    assert read["train"]["epochs"] == training.epochs


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("epochs:", "epoch:"), "train.epochs: missing"),
        (("trusted: 0.95", "trusted: 1.5"), "calibrate.trusted"),
        (("seed: 1", "seed: one"), "seed"),
    ],
)
def test_a_wrong_key_or_value_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    PARAMS_FILE.parent.mkdir(parents=True)
    PARAMS_FILE.write_text(TEXT.replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=rf"pipelines/emnist/params\.yaml: .*{named}"):
        load_emnist_params()
