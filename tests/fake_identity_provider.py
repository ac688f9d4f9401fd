"""A small OpenID Connect provider for tests: a fake, with real keys, signatures and HTTP, and no ProConnect."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "archives", "secret du client"


class Provider:
    """What the provider knows and says. Tests change ``claims`` (of the ID token) or ``told`` (by userinfo)."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k"})
        self.signs_with = self.key
        self.issuer = ""
        self.claims: dict[str, Any] = {}
        self.told: dict[str, Any] = {"sub": "42", "email": "a.durand@ville.example"}
        self.signed_userinfo = False
        self.asked: dict[str, str] = {}

    def answers(self, path: str, form: dict[str, list[str]]) -> tuple[str, str] | None:
        """Type and body for a path; ``None`` refuses."""
        if path == "/.well-known/openid-configuration":
            names = ("authorization", "token", "userinfo")
            ends = {f"{n}_endpoint": f"{self.issuer}/{n}" for n in names}
            return self._json({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **ends})
        if path == "/jwks":
            return self._json({"keys": [self.key.as_dict(private=False)]})
        if path == "/userinfo":
            if self.signed_userinfo:
                return "application/jwt", jwt.encode({"alg": "RS256", "kid": "k"}, self.told, self.key)
            return self._json(self.told)
        if path == "/token" and self._proves(form):
            now = int(time.time())
            usual = {"iss": self.issuer, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300}
            said = usual | {"nonce": self.asked["nonce"]} | self.claims
            signed = jwt.encode({"alg": "RS256", "kid": "k"}, said, self.signs_with)
            return self._json({"access_token": "x", "token_type": "Bearer", "id_token": signed})
        return None

    def _proves(self, form: dict[str, list[str]]) -> bool:
        """The verifier is that of the challenge (RFC 7636)."""
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.asked["code_challenge"]

    @staticmethod
    def _json(value: object) -> tuple[str, str]:
        return "application/json", json.dumps(value)

    def visited(self, url: str) -> str:
        """The state, after a browser was sent to this address and its person logged in there."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert self.asked["client_id"] == CLIENT
        assert self.asked["code_challenge_method"] == "S256"
        return self.asked["state"]


@contextmanager
def serving() -> Iterator[Provider]:
    """The provider on a port of this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(parse_qs(body))

        def _answer(self, form: dict[str, list[str]]) -> None:
            said = provider.answers(urlsplit(self.path).path, form)
            self.send_response(200 if said else 400)
            kind, body = said or ("application/json", '{"error": "invalid_grant"}')
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
