"""A time-stamp of an authority (RFC 3161) over a file: it proves that the file was there at that moment."""

from __future__ import annotations

import hashlib
from urllib.error import URLError
from urllib.request import Request, urlopen

from archiveia.errors import MissingToolError, TimestampError

TIMEOUT_S = 30.0
MOST_BYTES = 256 * 1024
"""A stamp with its certificates has some kilobytes."""


def stamp(url: str, data: bytes) -> bytes:
    """The authority's answer for the SHA-512 of the data, as ``openssl ts -verify`` reads it; the data stay here.

    It is checked to be about these data and this request; the authority's signature is checked by who verifies.

    Raises:
        MissingToolError: the extra ``timestamp`` is not installed.
        TimestampError: the authority does not answer, refuses, or answers something else.
    """
    try:
        from rfc3161_client import TimestampRequestBuilder, decode_timestamp_response
    except ModuleNotFoundError as error:
        msg = f"the library {error.name!r} is not installed"
        raise MissingToolError(msg, "install archiveia[timestamp]") from error
    asked = TimestampRequestBuilder().data(data).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    # The settings let no other address in than http and https.
    request = Request(url, data=asked.as_bytes(), headers=headers)  # noqa: S310
    remedy = "check ARCHIVEIA_TIMESTAMP_URL and the authority; the next night asks again"
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            body: bytes = answer.read(MOST_BYTES)
        found = decode_timestamp_response(body)
        info = found.tst_info if found.status == 0 else None
    except (URLError, OSError, ValueError) as error:
        raise TimestampError(f"the time-stamp authority {url} gave no stamp: {error}", remedy) from error
    if info is None:
        raise TimestampError(f"the time-stamp authority {url} refused (status {found.status})", remedy)
    if info.message_imprint.message != hashlib.sha512(data).digest() or info.nonce != asked.nonce:
        raise TimestampError(f"the time-stamp authority {url} stamped something else", remedy)
    return body
