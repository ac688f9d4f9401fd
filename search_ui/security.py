"""What every answer and every request is held to: headers, body sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STAFF_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
STAFF_PATHS = ("/bureau", "/connexion", "/deconnexion")

MAX_FORM_BYTES = 256 * 1024
"""Every form but the upload of scans; the longest request for access is far under it."""


def set_headers(path: str, headers: MutableHeaders, *, https_only: bool) -> None:
    """The headers that an answer for this path carries, whatever made it."""
    for name, value in HEADERS.items():
        headers[name] = value
    if https_only:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if path.startswith(STAFF_PATHS):
        for name, value in STAFF_HEADERS.items():
            headers[name] = value


class Guard:
    """Security headers on every answer, and a limit on the body of every form (ASGI middleware).

    ``larger_forms``: the limit in bytes of the forms at some paths.
    """

    def __init__(
        self, app: ASGIApp, *, https_only: bool, upload_path: str, larger_forms: Mapping[str, int]
    ) -> None:
        self.app = app
        self.https_only = https_only
        self.upload_path = upload_path
        self.larger_forms = larger_forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its body counted and its answer's headers set."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, seen_bytes = scope["path"], 0

        async def counted() -> Message:
            nonlocal seen_bytes
            message = await receive()
            seen_bytes += len(message.get("body", b""))
            if seen_bytes > self.larger_forms.get(path, MAX_FORM_BYTES) and path != self.upload_path:
                raise HTTPException(413)
            return message

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_headers(path, MutableHeaders(scope=message), https_only=self.https_only)
            await send(message)

        await self.app(scope, counted, headed)
