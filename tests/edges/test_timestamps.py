"""A time-stamp over the head of the journal, from an authority made by OpenSSL on this machine."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from archiveia.edges.timestamps import stamp
from archiveia.errors import SettingsError, TimestampError
from archiveia.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytest.importorskip("rfc3161_client", reason="extra timestamp is not installed")

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {dir}
serial = {dir}/serial
crypto_device = builtin
signer_cert = {dir}/tsa.pem
signer_key = {dir}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


@contextmanager
def serving(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[bytes], bytes]:
    """What an authority answers to a request."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=autorité d'essai")
    use = ("-addext", "extendedKeyUsage=critical,timeStamping")
    openssl(*made, *use, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "tsa.pem")
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "ts.cnf").write_text(CONFIG.format(dir=tmp_path))

    def reply(request: bytes) -> bytes:
        (tmp_path / "request.tsq").write_bytes(request)
        openssl(
            *("ts", "-reply", "-config", tmp_path / "ts.cnf"),
            *("-queryfile", tmp_path / "request.tsq", "-out", tmp_path / "answer.tsr"),
        )
        return (tmp_path / "answer.tsr").read_bytes()

    return reply


def test_a_stamp_is_what_openssl_verifies(authority: Callable[[bytes], bytes], tmp_path: Path):
    sheet = tmp_path / "tete.txt"
    sheet.write_bytes("Tête du journal".encode())
    with serving(authority) as url:
        (tmp_path / "tete.tsr").write_bytes(stamp(url, sheet.read_bytes()))
    verify = ("ts", "-verify", "-in", tmp_path / "tete.tsr", "-CAfile", tmp_path / "tsa.pem", "-data")
    assert b"Verification: OK" in openssl(*verify, sheet)
    sheet.write_bytes("Tête du journal, changée".encode())
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*verify, sheet)


def test_a_stamp_of_something_else_is_refused(authority: Callable[[bytes], bytes]):
    asked: list[bytes] = []

    def first_again(request: bytes) -> bytes:
        asked.append(request)
        return authority(asked[0])

    with serving(first_again) as url:
        stamp(url, b"one")
        with pytest.raises(TimestampError, match="stamped something else"):
            stamp(url, b"other")


@pytest.mark.parametrize("body", [b"", b"<html>no</html>"])
def test_an_answer_that_is_no_stamp_is_told(body: bytes):
    with serving(lambda _request: body) as url, pytest.raises(TimestampError, match="gave no stamp"):
        stamp(url, b"one")


def test_an_authority_that_does_not_answer_is_told():
    with pytest.raises(TimestampError, match="gave no stamp"):
        stamp("http://127.0.0.1:9", b"one")


def test_an_address_that_is_not_on_the_web_is_refused():
    with pytest.raises(SettingsError, match="begins with http"):
        read_settings(timestamp_url="file:///etc/passwd")
