"""`pysar serve`: answer over HTTP, with a page to draw on."""

import socket
from pathlib import Path

import click
import cv2

from src.common.command import Command
from src.common.errors import WorkError
from src.serving.app import create_app
from src.serving.live.model_source import find_others, find_source
from src.serving.server import Server, prepare_process
from src.serving.settings import read_settings


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--model", help="A file, or models:/pysar@champion; by default the pipeline's model, or else the released one."
)
def main(host: str, port: int, model: str | None) -> None:
    """Serve answers over HTTP, with a page to draw on. Ctrl-C or SIGTERM ends it once open requests are answered.

    --model sets the Ukrainian model. Every Latin model that the repository has is served beside it.
    """
    cv2.setNumThreads(1)
    settings = read_settings()
    source = find_source(model, Path.cwd(), settings.registry_seconds)
    app = create_app(settings, source, find_others(Path.cwd()))
    prepare_process()
    with listen(host, port) as listener:
        click.echo(f"Pysar reads at http://{host}:{listener.getsockname()[1]}/ (Ctrl-C ends it)", err=True)
        Server(app).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; uvicorn would end with a status of its own where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise WorkError(f"{host}:{port}: {error.strerror or error}; choose another --port or --host") from None


if __name__ == "__main__":
    main()
