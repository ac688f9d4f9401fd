"""The second factor: six digits that a telephone shows for thirty seconds (TOTP, RFC 6238); codes for its loss."""

from __future__ import annotations

import hashlib
import io
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

PERIOD_S = 30
RECOVERY_CODES = 8


def new_secret() -> str:
    """A secret to share with one telephone."""
    import pyotp

    return pyotp.random_base32()


def address_of(secret: str, account: str, archives: str) -> str:
    """What the telephone reads: the secret with the names that it shows."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=archives)


def picture_of(address: str) -> str:
    """The address as a QR code, in SVG that stands in a page."""
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, xmldecl=False, svgns=False, nl=False, light="#fff", title="QR"
    )
    return drawn.getvalue().decode()


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The half-minute that the code is of, one early or late at most; ``None`` for a wrong code."""
    import pyotp

    typed = code.replace(" ", "")
    here = int(now.timestamp()) // PERIOD_S
    totp = pyotp.TOTP(secret)
    near = (here, here - 1, here + 1)
    return next((s for s in near if pyotp.utils.strings_equal(typed, totp.at(s * PERIOD_S))), None)


def new_recovery_codes() -> list[str]:
    """Codes that each open the account once, when the telephone is lost."""
    words = (secrets.token_hex(5) for _ in range(RECOVERY_CODES))
    return [f"{word[:5]}-{word[5:]}" for word in words]


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code."""
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
