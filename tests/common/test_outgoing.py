"""Where this server lets itself be sent."""

import socket

import pytest

from common import outgoing
from common.outgoing import (
    HostRefused,
    Unreachable,
    addresses_of,
    connect,
    is_public,
    refuse_private_host,
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "no address",
    ],
)  # fmt: skip
def test_private_addresses_are_none_of_the_public_net(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are(address):
    assert is_public(address)


def test_a_name_with_one_private_address_is_refused(monkeypatch, settings):
    found = [
        (socket.AF_INET, 1, 6, "", ("93.184.216.34", 993)),
        (socket.AF_INET, 1, 6, "", ("10.0.0.1", 993)),
    ]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(HostRefused):
        addresses_of("mail.example.org", 993)
    settings.PRIVATE_HOSTS = True
    assert [address for _family, address in addresses_of("mail.example.org", 993)] == [
        "93.184.216.34",
        "10.0.0.1",
    ]


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "", "a" * 300, "a..b"]
)
def test_other_spellings_of_this_machine_lead_nowhere(host):
    with pytest.raises((HostRefused, Unreachable)):
        addresses_of(host, 993)


@pytest.mark.parametrize(
    ("host", "is_inside"),
    [
        ("localhost.", True), ("LOCALHOST", True), ("db.localhost", True), ("ip6-localhost", True),
        ("mail", True), ("printer.local", True), ("metadata.google.internal", True), ("nas.home.arpa.", True),
        ("imap.example.org", False), ("imap.example.org.", False), ("mylocal.example", False),
        ("internal.example.org", False), ("2606:2800:220:1::1", False), ("93.184.216.34", False),
    ],
)  # fmt: skip
def test_names_of_private_networks_are_refused_when_written_down_also_without_a_name_service(
    monkeypatch, settings, host, is_inside
):
    def nowhere(*_args, **_kwargs):
        raise socket.gaierror

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", nowhere)
    if is_inside:
        with pytest.raises(HostRefused):
            refuse_private_host(host, 993)
    else:
        refuse_private_host(host, 993)
    settings.PRIVATE_HOSTS = True
    refuse_private_host(host, 993)


def test_a_name_is_asked_again_when_it_is_connected_to_and_the_answer_is_where_it_goes(monkeypatch):
    """Public when it was written down, private a moment later: nothing is connected to."""
    answers = [[(socket.AF_INET, 1, 6, "", (address, 993))] for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *args, **kwargs: answers.pop(0))
    made = []
    monkeypatch.setattr(outgoing.socket, "socket", lambda *args, **kwargs: made.append(args))
    refuse_private_host("imap.example.org", 993)
    with pytest.raises(HostRefused):
        connect("imap.example.org", 993, seconds=1)
    assert made == answers == []
