"""Who may use the service: hosts that a request may name, pages that may send one, and the token."""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from .problems import RefusalError

__all__ = ["OPEN_PATHS", "Access", "client_of", "is_loopback"]

# Load balancers ask these without a token.
OPEN_PATHS = ("/livez", "/readyz", "/healthz")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_DEFAULT_PORTS = ("", "80", "443")
# Chromium looks at the first of the schemes only: it asks the user for a password if that is Basic.
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="cchc-ml", charset="UTF-8", Bearer realm="cchc-ml"'}


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "cchc.example")]
    [True, True, True, False, False]
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def client_of(address: str) -> str:
    """Return the name under which a client is counted. All addresses of an IPv6 network of 64 bits are one client.

    Examples
    --------
    >>> client_of("203.0.113.7"), client_of("2001:db8::1") == client_of("2001:db8::2")
    ('203.0.113.7', True)
    """
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ip_address(address).version == 6 else address
    except ValueError:
        return address


@dataclass(frozen=True)
class Access:
    """The checks of a request before anything of it is read.

    Attributes
    ----------
    local : bool
        Whether to refuse requests that name another host than this machine. A page elsewhere can let its own name
        resolve to 127.0.0.1 (DNS rebinding), but its requests still name its own host.
    allowed_hosts : tuple of str
        More hosts that requests may name. If there are any, every other host is refused, this machine excepted.
    token : str or None
        What requests must give as ``Authorization: Bearer TOKEN``, or as the password of a browser.
    """

    local: bool = True
    allowed_hosts: tuple[str, ...] = ()
    token: str | None = None

    def check(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Raise `RefusalError` if a request may not be answered."""
        self._check_host(headers.get("host", ""))
        if method not in ("GET", "HEAD"):
            self._check_origin(headers)
        if self.token is not None and path not in OPEN_PATHS:
            self._check_token(self.token, headers.get("authorization", ""))

    def _check_host(self, host: str) -> None:
        if not self.local and not self.allowed_hosts:
            return
        name = _split_host(host)[0]
        if not is_loopback(name) and not self._allows(name):
            hosts = ", ".join(("127.0.0.1", "localhost", *self.allowed_hosts))
            raise RefusalError(
                "wrong_host",
                f"the request names a host that is not this machine; use one of {hosts}, or start with --allowed-host",
            )

    def _allows(self, name: str) -> bool:
        return name in map(str.lower, self.allowed_hosts)

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        """Refuse what a page of another site sends: it may not read the answer, but it could keep the service busy."""
        origin = headers.get("origin")
        is_foreign = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if origin is not None:
            host = _split_host(_netloc(origin))
            is_foreign |= host != _split_host(headers.get("host", "")) and not self._allows(host[0])
            is_foreign |= not host[0]
        if is_foreign:
            raise RefusalError(
                "foreign_origin", "the request comes from a page of another site; send it from a program"
            )

    def _check_token(self, token: str, authorization: str) -> None:
        scheme, _, credentials = authorization.partition(" ")
        given = credentials.strip().encode("utf8", "surrogateescape")
        if scheme.lower() == "basic":
            given = _password(given)
        if scheme.lower() not in ("bearer", "basic") or not hmac.compare_digest(given, token.encode()):
            raise RefusalError(
                "unauthorized", "the token is missing or wrong; send the header Authorization: Bearer TOKEN", _CHALLENGE
            )


def _netloc(origin: str) -> str:
    """Return host and port of an origin, or nothing if it has none, as ``null``."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _split_host(host: str) -> tuple[str, str]:
    """Return name and port of a Host header; the ports 80 and 443 are left out, and nothing is right about the rest."""
    match = _HOST.fullmatch(host)
    if not match:
        return "", ""
    port = match["port"] or ""
    return match["name"].strip("[]").lower(), "" if port in _DEFAULT_PORTS else port


def _password(credentials: bytes) -> bytes:
    try:
        return b64decode(credentials, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
