"""Which addresses a tool's requests may go to: public ones, and those that were listed."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
METADATA: frozenset[Address] = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",  # Azure's WireServer
            "192.0.0.192",  # Oracle's
            "fd00:ec2::254",
            "fd20:ce::254",
        ),
    )
)
"""Where clouds hand out a machine's credentials. A network that merely holds one does not allow it, nor does
a name."""
TRANSLATED: tuple[tuple[ipaddress.IPv6Network, int], ...] = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
    (ipaddress.IPv6Network("::/96"), 0),
)
"""IPv6 for an IPv4 address, and the bits after that: IPv4-mapped, NAT64, 6to4, IPv4-compatible."""
TUNNELS = tuple(map(ipaddress.IPv6Network, ("2001::/32", "64:ff9b:1::/48", "fec0::/10")))
"""Teredo hides an address, local NAT64 is the network's own, site-local is retired."""


class Forbidden(ValueError):
    """A host leads to an address that may not be connected to."""


@dataclass(frozen=True)
class Walls:
    """What was set about addresses."""

    allowed_networks: tuple[Network, ...] = ()
    allowed_names: frozenset[str] = frozenset()
    cluster_networks: tuple[Network, ...] = ()

    def permitted(self, host: str, answers: Iterable[str]) -> tuple[str, ...]:
        """The answers, each of which may be connected to. Raises Forbidden when any may not."""
        addresses = tuple(ipaddress.ip_address(answer) for answer in answers)
        for address in addresses:
            if problem := self._problem(host, _meant(address)):
                raise Forbidden(f"{host} leads to {problem}, which is not allowed")
        return tuple(map(str, addresses))

    def _problem(self, host: str, own: Address) -> str:
        """What is wrong with an address; empty when nothing is."""
        if own in METADATA and not any(network.num_addresses == 1 for network in self._listing(own)):
            return "a metadata service"
        if host in self.allowed_names or self._listing(own):
            return ""
        if any(own in network for network in self.cluster_networks):
            return "the cluster's own network"
        return "" if _public(own) else "an address that is not public"

    def _listing(self, address: Address) -> list[Network]:
        return [network for network in self.allowed_networks if address in network]


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, else the address itself, without a zone."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    for network, after in TRANSLATED:
        if address in network and int(address) > 1:
            return ipaddress.IPv4Address((int(address) >> after) & 0xFFFF_FFFF)
    return ipaddress.IPv6Address(int(address))


def _public(address: Address) -> bool:
    tunnel = isinstance(address, ipaddress.IPv6Address) and any(address in network for network in TUNNELS)
    return address.is_global and not address.is_multicast and not address.is_reserved and not tunnel
