"""Mail to named persons by the relay of the settings; nothing else of the program leaves the machine."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import TYPE_CHECKING

from archiveia.errors import MailError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiveia.settings import Settings

TIMEOUT_S = 30.0


def can_send(settings: Settings, to: Sequence[str]) -> bool:
    """There is a relay, and persons to send to."""
    return bool(settings.smtp_host and to)


def send(settings: Settings, to: Sequence[str], subject: str, text: str) -> None:
    """The text is at the relay, for each of these addresses.

    The connection is encrypted where the relay offers it; a password is never sent without.

    Raises:
        MailError: the relay does not answer, refuses, or did not take every address.
    """
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = settings.smtp_from
    message["To"] = ", ".join(to)
    message.set_content(text)
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S) as relay:
            relay.ehlo_or_helo_if_needed()
            if relay.has_extn("starttls"):
                relay.starttls(context=ssl.create_default_context())
            elif settings.smtp_user:
                msg = f"the mail relay {settings.smtp_host} offers no encryption for a password"
                raise MailError(msg, "use one that offers STARTTLS, or unset ARCHIVEIA_SMTP_USER")
            if settings.smtp_user:
                relay.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            refused = relay.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        msg = f"the mail relay {settings.smtp_host}:{settings.smtp_port} did not take the mail: {error}"
        raise MailError(msg, "check ARCHIVEIA_SMTP_HOST and the relay; the next night sends again") from error
    if refused:
        msg = f"the mail relay refused {', '.join(sorted(refused))}"
        raise MailError(msg, "correct the address in ARCHIVEIA_AUDIT_MAIL_TO or ARCHIVEIA_DPO_MAIL")
