"""HTTP connections to an address that was judged, whatever the host's name leads to a moment later."""

from __future__ import annotations

import http.client
import socket
import ssl

SECONDS = 15.0


class Pinned(http.client.HTTPConnection):
    """To one of these addresses; the host is what the request names."""

    def __init__(self, host: str, port: int, addresses: tuple[str, ...]) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._addresses = addresses

    def connect(self) -> None:
        self.sock = joined(self._addresses, self.port)


class PinnedTls(http.client.HTTPSConnection):
    """The same, with the host's own certificate."""

    def __init__(self, host: str, port: int, addresses: tuple[str, ...], tls: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SECONDS, context=tls)
        self._addresses = addresses
        self._tls = tls

    def connect(self) -> None:
        self.sock = self._tls.wrap_socket(joined(self._addresses, self.port), server_hostname=self.host)


def joined(addresses: tuple[str, ...], port: int) -> socket.socket:
    """A connection to the first that answers. Raises OSError."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), SECONDS)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), SECONDS)


def resolved(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
