"""Where this server lets itself be sent."""

import socket

import pytest

from common import outgoing
from common.outgoing import HostRefused, Unreachable, addresses_of, is_public


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
