"""`pysar ui`: MLflow's web page over the store that the stages write to."""

import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from src.attached import CTRL_C, run_attached
from src.command import Command
from src.errors import InputError
from src.models.store_address import existing_store
from src.repository import environment, find_root

HOST = "127.0.0.1"
QUIET = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # five more processes, each of which imports MLflow
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PYTHONWARNINGS": "ignore",
}


def check_port(port: int) -> None:
    """Make sure that nothing listens on the port.

    Raises:
        InputError: Something does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port}: {error.strerror}; give another one: make ui PORT={port + 1}") from None


def server_command(address: str, port: int) -> list[str]:
    """Return the command of MLflow's server: one worker for one reader, and no word of each request."""
    options = {
        "--backend-store-uri": address,
        "--host": HOST,
        "--port": str(port),
        "--workers": "1",
        "--uvicorn-opts": "--log-level critical",
    }
    return [sys.executable, "-m", "mlflow", "ui", *(word for option in options.items() for word in option)]


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port on 127.0.0.1.")
def main(port: int) -> None:
    """Show the recorded runs in MLflow's web page, until Ctrl-C."""
    root = find_root(Path.cwd())
    address = existing_store(root)
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"}:
        page = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()  # without the login
        click.echo(f"MLFLOW_TRACKING_URI names a server, which has its own page: {page}")
        return
    check_port(port)
    page = f"http://{HOST}:{port}/#"
    click.echo(f"runs: {page}/experiments   versions of the model: {page}/models/pysar   (Ctrl-C ends it)")
    status = run_attached(server_command(address, port), root, {**environment(Path.cwd()), **QUIET})
    sys.exit(0 if status == CTRL_C else status)
