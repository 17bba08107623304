"""Connections that leave this machine on somebody's word: where they may lead, the same for all of them.

A member who names a host could make the server speak with machines that the member cannot reach. So only
public addresses are spoken to, unless the operator permits others (`CXPROGRAM_PRIVATE_HOSTS`), and the
address that was looked at is the one that is connected to: a name that answers otherwise the second time
gains nothing. Refusals are read later too, in the language of whoever reads them.
"""

import contextlib
import ipaddress
import socket

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidValues
from common.worded import worded

LONGEST_HOST = 253
_PRIVATE = _("This host is inside a private network. Only public hosts can be connected to.")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address inside an IPv6 one (RFC 6052)
# Names that lead nowhere in the public net, by the standards that keep them: RFC 6761, 6762, 8375, and
# `internal` by decision of ICANN. Some name services answer them all the same.
_INSIDE = ("localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet")
type Address = tuple[int, str]
"""Family of a socket and the address in figures."""


class HostRefused(InvalidValues):
    """A host that nobody may have this server connect to, or that is none."""

    code = "host_refused"


class Unreachable(InvalidValues):
    """Nobody answers there at present."""

    code = "unreachable"


def is_public(address: str) -> bool:
    """Whether an address in figures is one of the public net, also one that is wrapped in another."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.sixtofour is not None or found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def addresses_of(host: str, port: int) -> list[Address]:
    """Where a host is, after all of its addresses were found to be permitted.

    Raises HostRefused where one of them is private, Unreachable where the name leads nowhere.
    """
    try:
        if not 0 < len(host) <= LONGEST_HOST:
            raise UnicodeError(host)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise _refused(_("This is not the name of a host."), HostRefused) from error
    except OSError as error:
        raise _refused(_("There is no host with this name."), Unreachable) from error
    addresses = list(dict.fromkeys((int(family), str(where[0])) for family, _t, _p, _n, where in found))
    if not settings.PRIVATE_HOSTS and not all(is_public(address) for _family, address in addresses):
        raise _refused(_PRIVATE, HostRefused)
    return addresses


def is_inside_by_name(host: str) -> bool:
    """Whether a name can only be one of a private network: a reserved one, or a single word."""
    name = host.strip().rstrip(".").lower()
    return ":" not in name and ("." not in name or name.endswith(tuple(f".{end}" for end in _INSIDE)))


def refuse_private_host(host: str, port: int) -> None:
    """Refuses when it is written down what would be refused when it is connected to: HostRefused. A name that
    leads nowhere passes, for it may at another time, unless it is one of private networks alone. Asks the
    name service: not within a transaction.
    """
    if not settings.PRIVATE_HOSTS and is_inside_by_name(host):
        raise _refused(_PRIVATE, HostRefused)
    with contextlib.suppress(Unreachable):
        addresses_of(host, port)


def connect(host: str, port: int, *, seconds: float) -> socket.socket:
    """A connection to the first of the host's addresses that answers. Raises HostRefused, Unreachable."""
    reason = ""
    for family, address in addresses_of(host, port):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(seconds)
        try:
            sock.connect((address, port))
        except OSError as error:
            sock.close()
            reason = type(error).__name__
        else:
            return sock
    text: Promise = _("The host does not answer at this port.")
    if reason:
        text = worded(_("%(text)s (%(reason)s)"), text=text, reason=reason)
    raise _refused(text, Unreachable)


def _refused(text: Promise, kind: type[InvalidValues]) -> InvalidValues:
    return kind(text, fields={"host": text})
