from pathlib import Path

import pytest

from src.common.errors import InputError
from src.common.yaml_file import read_yaml


def test_numbers_are_those_of_yaml_1_2_as_dvc_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_text("learning_rate: 1e-4\nanswer: no\n", encoding="utf-8")
    assert read_yaml(file, "") == {"learning_rate": 1e-4, "answer": "no"}


def test_a_missing_file_is_an_error_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"params\.yaml: no such file; make one"):
        read_yaml(tmp_path / "params.yaml", "make one")


@pytest.mark.parametrize("content", [b"a: [1,", b"\xff\xfe\x00", b"a: 1\na: 2\n"])
def test_what_is_no_yaml_is_an_error_of_one_line(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "params.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"params\.yaml: not valid YAML: .+") as caught:
        read_yaml(file, "")
    assert "\n" not in str(caught.value)
