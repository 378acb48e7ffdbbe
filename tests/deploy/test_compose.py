"""What an operator may rely on from compose.yaml: nothing floats, nothing runs as root, no password is known."""

import re
import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from deploy.accounts import BUCKETS, make_secrets
from deploy.env_file import merge_settings
from deploy.pin_images import IMAGES
from src.serving.settings import Settings
from tests.deploy.composition import (
    COMPOSE,
    SECRETS,
    TLS,
    all_settings,
    checks_of,
    command_of,
    instructions,
    read_compose,
    stages,
    variables,
)

DOCUMENT = read_compose(all_settings())
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
BYTES = {"k": 2**10, "m": 2**20, "g": 2**30}
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
    merge_settings(tmp_path / "env", {**all_settings("letters.example.org"), "TLS_FOLDER": "/etc/letters"})
    command = [docker, "compose", "--env-file", str(tmp_path / "env")]
    for files in (["-f", str(COMPOSE)], ["-f", str(COMPOSE), "-f", str(TLS)]):
        done = subprocess.run([*command, *files, "config", "--quiet"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@each_service
def test_each_is_built_here_of_images_that_are_named_by_digest(name: str) -> None:
    build, given = SERVICES[name]["build"], all_settings()
    assert build["args"] == {image: given[image] for image in IMAGES}
    assert build["target"] in stages()
    assert re.fullmatch(r"pysar/\w+:\d+\.\d+\.\d+", SERVICES[name]["image"])


def test_without_digests_nothing_is_built() -> None:
    found = instructions()
    assert dict.fromkeys(IMAGES) == {name: variables(COMPOSE)[name] for name in IMAGES}
    assert found.pop("") == [("ARG", name) for name in IMAGES]  # without a default
    bases = {pairs[0][1] for pairs in found.values()}
    assert bases <= {f"${{{name}}}" for name in IMAGES} | found.keys()


def test_what_is_copied_into_an_image_can_be_read_by_its_user_whatever_the_umask_of_the_clone() -> None:
    copied = [rest for pairs in instructions().values() for word, rest in pairs if word in {"COPY", "ADD"}]
    ours = [rest for rest in copied if not re.match(r"--from=\w+ /venv ", rest)]
    assert len(ours) >= 8
    for rest in ours:
        mode = re.search(r"--chmod=(0[67][45][45]) ", rest)
        assert mode, rest
        # A folder takes the mode of its files, and is entered with x.
        *sources, target = rest.removeprefix(mode[0]).split()
        folders = [source for source in sources if (COMPOSE.parents[1] / source).is_dir()]
        assert mode[1] == "0755" or not (folders or target.startswith("/etc")), rest


@each_service
def test_nothing_of_the_clone_is_mounted_but_accounts(name: str) -> None:
    volumes = [volume.split(":")[0] for volume in SERVICES[name].get("volumes", [])]
    assert volumes == [volume for volume in volumes if volume in DOCUMENT["volumes"]]
    assert "configs" not in SERVICES[name]


@each_service
def test_nobody_is_root_and_nothing_is_written_but_to_volumes_and_memory(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "docker.sock" not in str(service)
    for tmpfs in service["tmpfs"]:
        assert "size=" in tmpfs or tmpfs.startswith("/var/run/postgresql:"), "half of the machine's memory"


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
def test_memory_processors_processes_and_logs_are_limited_and_a_stop_may_take_half_a_minute(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert float(service["cpus"]) == 1  # an engine refuses more than the machine has
    assert service["pids_limit"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert re.fullmatch(r"30s|1m", service["stop_grace_period"])


@pytest.mark.parametrize("name", [name for name in SERVICES if "healthcheck" in SERVICES[name]])
def test_what_is_not_alive_is_ended_and_started_again_but_not_before_it_has_had_time_to_start(name: str) -> None:
    service = SERVICES[name]
    times, _, _ = checks_of(service)
    check = {key: int(service["healthcheck"][key].removesuffix("s")) for key in ("interval", "timeout", "start_period")}
    assert service["restart"] == "unless-stopped"
    assert service["init"] is True  # it hands on the signal, and ends with the program
    assert times * check["interval"] >= 2 * check["start_period"]
    assert check["timeout"] >= 4
    copied = [rest for stage in _with_bases(service["build"]["target"]) for _, rest in instructions()[stage]]
    assert "--chmod=0755 deploy/health.sh /usr/local/bin/health" in copied


def _with_bases(stage: str) -> list[str]:
    base = instructions()[stage][0][1]
    return [stage, *(_with_bases(base) if base in instructions() else [])]


def test_what_waits_for_another_is_not_ended_for_it() -> None:
    """Nginx without the service, the service without a good model and MLflow without its database live all the same."""
    for name, path in {"nginx": "/livez", "service": "/healthz", "mlflow": "/health"}.items():
        _, ready, live = checks_of(SERVICES[name])
        assert ready != live
        assert re.search(rf"{path}\b", live)


def test_no_password_stands_in_the_file_or_in_an_environment() -> None:
    passwords = re.findall(r"[0-9a-f]{20,}", "".join(make_secrets().values()))
    assert len(passwords) > 8
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|ACCESS_KEY|CREDENTIALS|SERVICEFILE|USERS", key):
                mounted = [f"{SECRETS}/{secret}" for secret in service["secrets"]]
                assert value in mounted, f"{name}: {key}"
    assert "://mlflow:" not in COMPOSE.read_text("utf-8")


def test_what_has_no_default_is_generated_and_what_is_generated_is_used() -> None:
    assert {name for name, default in variables(COMPOSE).items() if default is None} == set(all_settings())
    files = {secret["file"].removeprefix("./secrets/") for secret in DOCUMENT["secrets"].values()}
    assert files | {"mlflow_password"} == make_secrets().keys()  # that one is for people
    assert {secret for service in SERVICES.values() for secret in service["secrets"]} == DOCUMENT["secrets"].keys()


def test_each_has_the_accounts_that_it_needs_and_no_other() -> None:
    assert {name: set(service["secrets"]) for name, service in SERVICES.items()} == {
        "nginx": {"mlflow.htpasswd"},
        "service": {"s3_service"},
        "mlflow": {"s3_mlflow", "postgresql_mlflow.conf"},
        "postgresql": {"postgresql_password", "postgresql_mlflow_password"},
        "s3": {"s3.json"},
        "buckets": {"s3_setup"},
    }
    assert SERVICES["service"]["environment"]["PYSAR_SERVE_SAMPLES"] == f"s3://{BUCKETS['service']}"
    assert SERVICES["mlflow"]["environment"]["MLFLOW_ARTIFACTS_DESTINATION"].startswith(f"s3://{BUCKETS['mlflow']}/")
    assert command_of(SERVICES["buckets"])[2:] == [f"{account}={bucket}" for account, bucket in BUCKETS.items()]


def test_each_reaches_only_what_it_asks() -> None:
    networks = DOCUMENT["networks"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    for name, service in SERVICES.items():
        outside = [network for network in service["networks"] if not networks[network].get("internal")]
        assert outside == (["outside"] if name == "nginx" else [])
    together = {
        frozenset(pair)
        for pair in combinations(SERVICES, 2)
        if set(SERVICES[pair[0]]["networks"]) & set(SERVICES[pair[1]]["networks"])
    }
    asked = ["nginx service", "nginx mlflow", "service s3", "mlflow s3", "mlflow postgresql", "buckets s3"]
    harmless = ["mlflow buckets"]  # it listens nowhere
    assert together == {frozenset(pair.split()) for pair in asked + harmless}


def test_nginx_and_the_service_have_one_limit_of_a_body() -> None:
    limit = SERVICES["nginx"]["environment"]["PYSAR_MAX_BODY_BYTES"]
    assert limit == SERVICES["service"]["environment"]["PYSAR_SERVE_MAX_BODY_BYTES"]
    assert int(limit) == Settings().max_body_bytes


def test_long_bodies_have_room_where_nginx_keeps_them_and_that_in_its_memory() -> None:
    template = (COMPOSE.parent / "nginx" / "nginx.conf.template").read_text("utf-8")
    limits = {zone: int(count) for zone, count in re.findall(r"limit_conn (long\w+|all\w+) (\d+);", template)}
    (room,) = re.findall(r"size=(\d+)m", SERVICES["nginx"]["tmpfs"][0])
    long = limits["long_bodies"] * Settings().max_body_bytes
    assert long <= int(room) * BYTES["m"]
    assert 2 * limits["long_bodies_of_address"] < limits["long_bodies"]
    (buffer,) = re.findall(r"client_body_buffer_size (\d+)k;", template)
    assert int(buffer) * BYTES["k"] >= 100_000  # five digits
    short = limits["all_connections"] * int(buffer) * BYTES["k"]
    assert long + short < int(SERVICES["nginx"]["mem_limit"].removesuffix("m")) * BYTES["m"]
