"""A port of 127.0.0.1 on which nothing listens."""

import socket


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
