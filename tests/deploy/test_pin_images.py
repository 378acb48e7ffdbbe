"""What an operator may rely on from `make deploy-images`: all images by digest, or nothing changed.

No registry is reached here: a program named docker answers in place of Docker's client.
"""

import re
from pathlib import Path

import pytest

import deploy.pin_images
from deploy.env_file import read_settings
from deploy.pin_images import IMAGES, main

DIGEST = f"sha256:{'5a' * 32}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(deploy.pin_images, "PLACE", tmp_path / ".env")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / ".env"


def _docker(place: Path, body: str) -> None:
    program = place.with_name("docker")
    program.write_text(f'#!/bin/sh\necho "$@" >>"{place.parent}/asked"\n{body}\n')
    program.chmod(0o755)


def test_every_image_has_a_version_that_does_not_float() -> None:
    for image in IMAGES.values():
        assert re.fullmatch(r"[\w./-]+:\d+(\.\d+){1,2}(-[\w-]+)?", image)


def test_each_is_pinned_to_the_digest_that_its_registry_has(place: Path) -> None:
    place.write_text("PYSAR_RATE=5r/s\nNGINX_IMAGE=nginx:1\n")
    _docker(place, f"echo {DIGEST}")
    assert main() == 0
    pinned = {name: f"{image}@{DIGEST}" for name, image in IMAGES.items()}
    assert read_settings(place) == {"PYSAR_RATE": "5r/s"} | pinned
    asked = place.with_name("asked").read_text().splitlines()
    assert asked == [
        f"buildx imagetools inspect {image} --format {{{{.Manifest.Digest}}}}" for image in IMAGES.values()
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("echo 'ERROR: no such host' >&2; exit 1", "ERROR: no such host"),
        ("echo 'docker: unknown command: docker buildx' >&2; exit 1", "unknown command: docker buildx"),
        ("echo latest", "latest"),
        ("true", "no digest"),
        (f'case "$*" in *postgres*) exit 1;; esac; echo {DIGEST}', "no digest"),
    ],
    ids=["registry away", "no buildx", "no digest", "nothing", "one is missing"],
)
def test_an_image_without_a_digest_is_named_in_a_line_and_nothing_is_changed(
    place: Path, body: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    place.write_text("PYSAR_RATE=5r/s\n")
    _docker(place, body)
    assert main() == 1
    assert message in caplog.messages[-1]
    assert caplog.messages[-1].count("\n") == 0
    assert place.read_text() == "PYSAR_RATE=5r/s\n"


def test_a_machine_without_docker_is_told_so(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(place.parent))
    assert main() == 1
    assert "docker is not installed" in caplog.messages[-1]
