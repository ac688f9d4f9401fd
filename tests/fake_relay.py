"""A mail relay on this machine: takes what it is sent, refuses the addresses that it is told to."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refused: tuple[str, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refused = refused
        self.mails: list[str] = []
        self.takers: list[str] = []


class _Talk(socketserver.StreamRequestHandler):
    server: _Relay

    def handle(self) -> None:
        self._say("220 relay")
        while line := self.rfile.readline().decode().strip():
            order = line.upper()
            if order.startswith("RCPT"):
                is_refused = any(address in line for address in self.server.refused)
                self._say("550 unknown" if is_refused else "250 ok")
                if not is_refused:
                    self.server.takers.append(line.partition("<")[2].rstrip(">"))
            elif order == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._mail())
                self._say("250 taken")
            elif order == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def relay(*refused: str) -> Iterator[_Relay]:
    """A relay with its port in ``server_address``; ``mails`` has what it took, ``takers`` for whom."""
    with _Relay(refused) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
