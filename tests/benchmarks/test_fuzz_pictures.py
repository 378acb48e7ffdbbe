"""What who sends a broken picture may rely on: the service refuses or reads it, in time, and lives on."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.fuzz_pictures import Answer, answers_table, broken_picture, check, fuzz
from benchmarks.picture_seeds import picture_seeds
from benchmarks.service import running_service
from src.common.errors import WorkError
from src.features.decoding.picture_file import decode_picture
from src.prediction.model_file import RELEASED

COUNT = 2000


def test_broken_pictures_are_read_or_refused(tmp_path: Path) -> None:
    numbers = range(COUNT)
    with running_service(tmp_path, ["--model", str(RELEASED)]) as service:
        answers = fuzz(service, numbers)
        check(service, answers, numbers)
    assert {answer.status for answer in answers} <= {200, 408, 415}  # 408: on a machine that has much other work
    assert min(sum(answer.status == status for answer in answers) for status in (200, 415)) > COUNT / 20


def test_a_service_that_dies_or_fails_is_told_of(tmp_path: Path) -> None:
    numbers = range(20)
    with running_service(tmp_path, ["--model", str(RELEASED)]) as service:
        good = fuzz(service, numbers)
        for bad in (Answer(0, 500, 0.1, ""), Answer(0, 200, 11, ""), Answer(0, 0, 0.1, "")):
            with pytest.raises(WorkError, match="1 of 20"):
                check(service, [bad, *good[1:]], numbers)
        service.process.kill()
        service.process.wait()
        with pytest.raises(WorkError, match="died"):
            check(service, fuzz(service, numbers), numbers)


def test_a_picture_is_made_again_by_its_number_and_no_two_are_the_same() -> None:
    seeds = picture_seeds()
    pictures = [broken_picture(seeds, number) for number in range(200)]
    seeds = picture_seeds()
    assert pictures == [broken_picture(seeds, number) for number in range(200)]
    assert len(set(pictures)) > 190


def test_the_pictures_that_are_broken_were_whole() -> None:
    for content in picture_seeds():
        assert decode_picture(content).size > 0


def test_the_table_counts_answers_by_status() -> None:
    console = Console(file=StringIO(), width=80)
    console.print(answers_table([Answer(0, 200, 0.001, ""), Answer(1, 415, 0.002, ""), Answer(2, 415, 0.004, "")]))
    assert "415         2          3.0             4" in console.file.getvalue()  # type: ignore[attr-defined]
