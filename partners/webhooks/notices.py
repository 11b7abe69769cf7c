"""Write to the addresses platforms gave us, and to their people when that does not work."""

import http.client
import socket
import ssl
import time
from functools import partial
from urllib.parse import urlsplit

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from partners.organisations import queries as organisations
from partners.webhooks import rules
from partners.webhooks.models import Endpoint
from registry.access.actors import PersonRole
from registry.access.refusals import Refused

SECONDS = 10.0
"""For a whole try: a listener that answers drop by drop holds nobody up."""
LONGEST_STATUS = 1024


class Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever its name leads to by now."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        """Nothing is connected yet. `host` is the name that the certificate must be for."""
        super().__init__(host, port, timeout=SECONDS)
        self.address = address
        self.tls = tls

    def connect(self) -> None:
        """Connect to the address that was checked."""
        plain = socket.create_connection((self.address, self.port), SECONDS)
        self.sock = self.tls.wrap_socket(plain, server_hostname=self.host) if self.tls else plain


def post(url: str, body: str, headers: dict[str, str], *, is_local_allowed: bool) -> int | None:
    """Send a message; give the status it was answered with, or None when nobody answered.

    The name is looked up once and the address that was checked is the one connected to, so no second look-up can lead
    elsewhere. No redirect is followed, no proxy asked, and of the answer nothing but the status is read.
    """
    deadline = time.monotonic() + SECONDS
    parts = urlsplit(rules.check_url(url, is_local_allowed=is_local_allowed))
    is_safe = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if is_safe else 80)
    tls = ssl.create_default_context() if is_safe else None
    try:
        address = _address(host, port, is_local_allowed=is_local_allowed)
        connection = Pinned(host, port, address, tls)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body.encode(), headers | {"Connection": "close"})
            return _status(connection.sock, deadline)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError, Refused):
        return None


def switched_off(endpoint: Endpoint) -> None:
    """Say that an address is no longer written to, and how to switch it on. Sent when the transaction commits."""
    keepers = organisations.addresses_of(endpoint.organisation_id, PersonRole.OWNER, PersonRole.ENGINEER)
    context = {"endpoint": endpoint, "organisation": endpoint.organisation}
    subject = render_to_string("emails/webhook_off.subject.txt", context).strip()
    text = render_to_string("emails/webhook_off.txt", context)
    for address in keepers:
        transaction.on_commit(partial(send_mail, subject, text, None, [address]))


def _address(host: str, port: int, *, is_local_allowed: bool) -> str:
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return found[0] if is_local_allowed else rules.check_addresses(found)


def _status(answering: socket.socket, deadline: float) -> int:
    """Read the first line of an answer. Raises OSError or ValueError for anything else, or when it is late."""
    line = b""
    while b"\n" not in line:
        answering.settimeout(max(deadline - time.monotonic(), 0.001))
        part = answering.recv(LONGEST_STATUS)
        line += part
        if not part or len(line) > LONGEST_STATUS * 4:
            raise ValueError("no status line")
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError("not HTTP")
    return int(rest[:3])
