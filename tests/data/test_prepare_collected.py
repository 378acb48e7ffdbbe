"""What who accepts a drawing may rely on: it is learned from as the network saw it, and what is wrong is named."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from src.config.paths import ACCEPTED, COLLECTED_TABLE
from src.data import prepare_collected as stage
from src.data.tables.table import read_table, stack_images
from src.features.picture.normalize import normalize
from tests.data.sample_rows import write_params
from tests.given_drawings import data_url, write_sample
from tests.prediction.drawings import drawn, encoded


@pytest.fixture(autouse=True)
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of accepted samples, as git has it."""
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    ACCEPTED.mkdir(parents=True)
    (ACCEPTED / ".gitkeep").touch()
    return ACCEPTED


def _picture(label: str = "ж", *, seed: int = 0) -> str:
    return data_url(encoded(drawn(label, seed=seed)))


def _run() -> Result:
    return CliRunner().invoke(stage.main)


def _written() -> list[bytes]:
    result = _run()
    assert result.exit_code == 0, result.output
    return [path.read_bytes() for path in (COLLECTED_TABLE, stage.DETAILS, stage.SHEET)]


def test_drawings_come_in_the_order_of_their_ids_as_the_network_sees_them(accepted: Path) -> None:
    for seed in range(4):
        write_sample(accepted, image=_picture(seed=seed))
    _written()
    frame = read_table(COLLECTED_TABLE)
    paths = sorted(accepted.glob("*.json"))
    assert frame["filename"].tolist() == [path.stem for path in paths]
    pictures = {_picture(seed=seed): normalize(drawn(seed=seed)).image for seed in range(4)}
    images = [pictures[json.loads(path.read_text("utf-8"))["image"]] for path in paths]
    assert np.array_equal(stack_images(frame), images)


def test_the_writer_is_the_group_and_what_is_not_told_is_missing(accepted: Path) -> None:
    told = write_sample(accepted, label="ж", uppercase=True, relative_height=0.625)
    untold = write_sample(accepted, label="б", uppercase=None, relative_height=None)
    digit = write_sample(accepted, label="5", uppercase=True, writer="writer-0002")
    _written()
    rows = read_table(COLLECTED_TABLE).set_index("filename").to_dict("index")
    assert [rows[told.stem][name] for name in ("label", "is_uppercase", "relative_height")] == ["ж", True, 0.625]
    missing = [
        rows[untold.stem]["is_uppercase"],
        rows[untold.stem]["relative_height"],
        rows[digit.stem]["is_uppercase"],
    ]
    assert all(map(pd.isna, missing))
    assert {row["source"] for row in rows.values()} == {"collected"}
    groups = [rows[path.stem]["group"] for path in (told, untold, digit)]
    assert groups == ["collected/writer-0001", "collected/writer-0001", "collected/writer-0002"]


def test_without_a_drawing_there_is_a_table_of_none(accepted: Path) -> None:
    write_sample(accepted)
    _written()
    some = read_table(COLLECTED_TABLE)
    for path in accepted.glob("*.json"):
        path.unlink()
    assert _written() == _written()
    none = read_table(COLLECTED_TABLE)
    assert len(none) == 0
    assert none.dtypes.to_dict() == some.dtypes.to_dict()
    assert json.loads(stage.DETAILS.read_text())["rows"] == 0


def test_the_same_drawings_write_the_same_bytes_and_half_written_files_are_not_read(accepted: Path) -> None:
    for label in "жб5":
        write_sample(accepted, label=label, image=_picture(label), uppercase=None)
    before = _written()
    (accepted / f"{'0' * 64}.123.tmp").write_bytes(b'{"image"')
    assert _written() == before


def test_a_blank_drawing_is_left_out_and_counted(accepted: Path) -> None:
    write_sample(accepted)
    write_sample(accepted, image=data_url(encoded(np.full((200, 200), 255, np.uint8))))
    _written()
    details = json.loads(stage.DETAILS.read_text())
    assert (details["drawings"], details["dropped"], details["rows"], details["writers"]) == (2, {"blank": 1}, 1, 1)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _another_label(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('"ж"', '"б"'), "utf-8")


def _without_consent(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('"consent": true', '"consent": false'), "utf-8")


def _no_picture(path: Path) -> None:
    path.unlink()
    write_sample(path.parent, image=data_url(b"a text"))


def _broken_base64(path: Path) -> None:
    path.unlink()
    write_sample(path.parent, image="data:image/png;base64,AAAAA")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_cut_off, "no sample (Invalid JSON"),
        (_another_label, "not what was given"),
        (_without_consent, "no sample (consent"),
        (_no_picture, "its image is no picture (no picture that can be read"),
        (_broken_base64, "its image is no picture ("),
    ],
)
def test_what_is_no_sample_is_named_in_a_line_and_nothing_is_written(
    accepted: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(write_sample(accepted))
    result = _run()
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert reason in result.output
    assert next(accepted.glob("*.json")).name in result.output
    assert not COLLECTED_TABLE.exists()
