"""A server on 127.0.0.1 that answers as a handler says, for stand-ins of services."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 120.0
"""So long a silent server waits for its client to hang up; then it does."""


class PassingClock:
    """Stands in for ``time`` where the code that asks waits: the real clock, but its pauses pass
    at once, and are counted.
    """

    def __init__(self) -> None:
        self.slept_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.slept_s

    def sleep(self, seconds: float) -> None:
        self.slept_s += seconds


def until_hung_up(connection: socket.socket) -> None:
    """Wait until the client closes its end: it has sent all it had to say.

    Raises
    ------
    TimeoutError : it never does.
    """
    connection.settimeout(PATIENCE_S)
    while connection.recv(1):
        pass


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port until the test is done; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
