"""What an operator may rely on from deploy/ with TLS."""

import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.deploy.composition import COMPOSE, TLS, read_compose
from tests.free_port import free_port
from tests.services.deployment import WAIT_SECONDS, Deployment

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other


def test_with_tls_a_plain_request_is_sent_on_to_the_same_port(
    nginx: str, running: Deployment, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    certificate = _certify(tmp_path)
    own = {"127.0.0.1:8081": f"127.0.0.1:{free_port()}"}
    secure = Deployment(read_compose(settings, COMPOSE, TLS), accounts, tmp_path, running.addresses | own)
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    with secure.nginx(nginx, certificate), httpx.Client(verify=trusted, timeout=WAIT_SECONDS) as client:
        answer = client.get(f"https://{secure.http}/healthz")
        assert (answer.text, answer.headers["strict-transport-security"]) == ("ok", "max-age=31536000")
        sent_on = client.get(f"http://{secure.http}/healthz?a=1")
        assert (sent_on.status_code, sent_on.headers["location"]) == (308, f"https://{secure.http}/healthz?a=1")
        assert client.get(f"https://{secure.mlflow}/").status_code == 401


def _certify(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of 127.0.0.1 and its key."""
    paths = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", "req", "-x509", *made, *subject], check=True, capture_output=True)
    return paths
