"""Which addresses may be connected to."""

from __future__ import annotations

import ipaddress

import pytest

from cupel.decide.addresses import METADATA, Forbidden, Walls

# fmt: off
SETTINGS = [
    ("public",                    Walls(),                                                            "93.184.216.34",        ""),
    ("private",                   Walls(),                                                            "10.0.0.1",             "not public"),
    ("private-mapped",            Walls(),                                                            "::ffff:10.0.0.1",      "not public"),
    ("loopback",                  Walls(),                                                            "127.0.0.1",            "not public"),
    ("a-name-that-is-allowed",    Walls(allowed_names=frozenset({"a.example"})),                      "10.0.0.1",             ""),
    ("a-network-that-is",         Walls(allowed_networks=(ipaddress.ip_network("10.0.0.0/8"),)),      "10.0.0.1",             ""),
    ("metadata-by-name",          Walls(allowed_names=frozenset({"a.example"})),                      "169.254.169.254",      "metadata"),
    ("metadata-mapped",           Walls(allowed_names=frozenset({"a.example"})),                      "::ffff:169.254.169.254", "metadata"),
    ("metadata-by-network",       Walls(allowed_networks=(ipaddress.ip_network("169.254.0.0/16"),)),  "169.254.169.254",      "metadata"),
    ("metadata-itself",           Walls(allowed_networks=(ipaddress.ip_network("169.254.169.254"),)), "169.254.169.254",      ""),
    ("azure",                     Walls(),                                                            "168.63.129.16",        "metadata"),
    ("oracle",                    Walls(allowed_names=frozenset({"a.example"})),                      "192.0.0.192",          "metadata"),
]
# fmt: on


@pytest.mark.parametrize(
    ("walls", "address", "words"), [s[1:] for s in SETTINGS], ids=[s[0] for s in SETTINGS]
)
def test_an_address_is_judged(walls: Walls, address: str, words: str) -> None:
    if not words:
        assert walls.permitted("a.example", [address]) == (address,)
        return
    with pytest.raises(Forbidden, match=f"a.example leads to .*{words}"):
        walls.permitted("a.example", ["93.184.216.34", address])


def test_every_metadata_address_is_refused_by_default() -> None:
    for address in METADATA:
        with pytest.raises(Forbidden):
            Walls().permitted("a.example", [str(address)])
