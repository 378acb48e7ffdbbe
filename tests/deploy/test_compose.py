"""What an operator may rely on from compose.yaml: nothing floats, nothing runs as root, no password is known."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.make_env import SECRETS, make_settings, write_settings
from src.serving.settings import Settings
from tests.deploy.composition import COMPOSE, TLS, bases, raw_compose, read_compose, stages, variables

SERVICES: dict[str, dict[str, Any]] = read_compose(make_settings(None))["services"]
PINNED = re.compile(r"[\w./-]+:[\w.-]*\d+(\.\d+){1,2}[\w.-]*|[\w./-]+:RELEASE\.[\dTZ-]+")
each_service = pytest.mark.parametrize("name", SERVICES)


def test_compose_s_schema_is_kept() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    for path in (COMPOSE, TLS):
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_docker_compose_takes_it(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("Docker Compose is not installed")
    write_settings(tmp_path / "env", {**make_settings("letters.example.org"), "TLS_FOLDER": "/etc/letters"})
    command = [docker, "compose", "--env-file", str(tmp_path / "env")]
    for files in (["-f", str(COMPOSE)], ["-f", str(COMPOSE), "-f", str(TLS)]):
        done = subprocess.run([*command, *files, "config", "--quiet"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@each_service
def test_images_are_pinned_to_a_version(name: str) -> None:
    assert PINNED.fullmatch(SERVICES[name]["image"])
    for image in bases().values():
        assert PINNED.fullmatch(image)


def test_an_image_is_exchanged_by_a_variable() -> None:
    given = {"S3_IMAGE": "other/store:1.2.3", "POSTGRES_IMAGE": "postgres:18.4-bookworm", "NGINX_IMAGE": "nginx:1.30.0"}
    services = read_compose({**make_settings(None), **given})["services"]
    assert services["s3"]["build"]["args"]["S3_IMAGE"] == "other/store:1.2.3"
    assert stages()["s3"]["FROM"] == "${S3_IMAGE}"
    assert services["postgresql"]["image"] == "postgres:18.4-bookworm"
    assert services["nginx"]["image"] == "nginx:1.30.0"


def test_the_default_store_is_the_same_here_and_in_the_dockerfile() -> None:
    assert SERVICES["s3"]["build"]["args"]["S3_IMAGE"] == bases()["S3_IMAGE"]


@each_service
def test_nobody_is_root_and_nothing_is_written_but_to_volumes_and_memory(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"]


@each_service
def test_each_is_asked_whether_it_works_or_is_waited_for_until_it_has(name: str) -> None:
    waited = {
        needed
        for service in SERVICES.values()
        for needed, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert ("healthcheck" in SERVICES[name]) != (name in waited)
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        assert how["condition"] == ("service_completed_successfully" if needed in waited else "service_healthy")


@each_service
def test_memory_and_processes_are_limited(name: str) -> None:
    assert SERVICES[name]["mem_limit"]
    assert SERVICES[name]["pids_limit"]


def test_no_password_stands_in_the_file_and_none_has_a_default() -> None:
    for name, service in raw_compose()["services"].items():
        for key, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|ACCESS_KEY|STORE_URI", key):
                assert re.search(r"\$\{(\w+):\?", value), f"{name}: {key}"
    assert not [name for name in SECRETS if variables(COMPOSE)[name] is not None]


def test_what_has_no_default_is_generated_and_what_is_generated_is_used() -> None:
    assert {name for name, default in variables(COMPOSE).items() if default is None} == set(make_settings(None))


def test_only_nginx_is_reached_from_outside() -> None:
    networks = read_compose(make_settings(None))["networks"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    for name, service in SERVICES.items():
        outside = [network for network in service["networks"] if not networks[network].get("internal")]
        assert outside == (["outside"] if name == "nginx" else [])


def test_nginx_and_the_service_have_one_limit_of_a_body() -> None:
    limit = SERVICES["nginx"]["environment"]["PYSAR_MAX_BODY_BYTES"]
    assert limit == SERVICES["service"]["environment"]["PYSAR_SERVE_MAX_BODY_BYTES"]
    assert int(limit) == Settings().max_body_bytes
