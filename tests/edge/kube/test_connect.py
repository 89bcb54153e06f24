"""The end of a connection: at once, whatever state it is in, so that nothing of it outlives its event loop."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from kubernetes.aio.client.configuration import Configuration

from cupel.kube.client import Client
from cupel.kube.connect import api_client
from cupel.kube.errors import Weather
from cupel.kube.resources import NAMESPACE
from cupel.kube.watch import Feed, reflect

SECONDS = 10


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of a server on 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1)
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + built.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    return file


class SlowServer:
    """Takes a connection at once, and speaks TLS on it only when told to."""

    def __init__(self, certificate: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        self.port = self._listener.getsockname()[1]

    def accept(self) -> socket.socket:
        taken, _ = self._listener.accept()
        taken.settimeout(SECONDS)
        return taken

    def goodbye(self, taken: socket.socket) -> str:
        """Shake hands, then: did the client end the connection at once, or say a TLS goodbye and wait?"""
        try:
            with self._context.wrap_socket(taken, server_side=True, suppress_ragged_eofs=False) as speaking:
                while speaking.recv(65536):
                    pass
        except (ssl.SSLEOFError, ConnectionResetError):
            return "at once"
        return "with a goodbye"

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def slow(certificate: Path) -> SlowServer:
    return SlowServer(certificate)


def connected_to(slow: SlowServer) -> Client:
    found = Configuration(host=f"https://127.0.0.1:{slow.port}")
    found.verify_ssl = False
    return Client(api_client(found))


async def test_a_connection_that_comes_to_be_after_the_end_is_aborted(slow: SlowServer) -> None:
    client = connected_to(slow)
    asking = asyncio.create_task(client.list(NAMESPACE))
    taken = await asyncio.to_thread(slow.accept)
    await client.close()
    try:
        assert await asyncio.to_thread(slow.goodbye, taken) == "at once"
        with pytest.raises(Weather):
            await asking
    finally:
        slow.close()


async def test_a_reflector_ends_with_its_client(slow: SlowServer) -> None:
    class Nobody:
        def replace(self, objects: object) -> None: ...
        def changed(self, body: object) -> None: ...
        def deleted(self, body: object) -> None: ...

    client = connected_to(slow)
    reflecting = asyncio.create_task(reflect(client.api, Feed(NAMESPACE), Nobody()))
    taken = await asyncio.to_thread(slow.accept)
    await client.close()
    try:
        assert await asyncio.to_thread(slow.goodbye, taken) == "at once"
        async with asyncio.timeout(SECONDS):
            await reflecting
    finally:
        slow.close()
