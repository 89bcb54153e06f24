"""Servers that tools call: real sockets on loopback, an authority of their own, and a resolver that answers as told."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Names:
    """A resolver. Each host has a list of answers; the last one repeats."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def says(self, host: str, *answers: list[str]) -> None:
        self.answers[host] = list(answers)

    async def addresses(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        known = self.answers.get(host, [])
        if not known:
            raise OSError("no such name")
        return known.pop(0) if len(known) > 1 else known[0]


@dataclass
class Target:
    """A server that keeps what it was sent."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def last(self) -> bytes:
        return self.requests[-1]


def plain(body: bytes = b"hello", status: str = "200 OK", *fields: str) -> Reply:
    """An answer with a length."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]

    async def reply(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)

    return reply


def raw(answer: bytes) -> Reply:
    """Exactly these bytes, then the end."""

    async def reply(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return reply


async def echo(request: bytes, writer: asyncio.StreamWriter) -> None:
    """Everything it was sent, in a header and in the body, as a careless server does."""
    line = request.split(b"\r\n", 1)[0]
    sent = request.split(b"\r\n\r\n", 1)[0].replace(b"\r\n", b" | ")
    writer.write(b"HTTP/1.1 200 OK\r\nX-Line: " + line + b"\r\nX-Sent: " + sent + b"\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(request) + request)


async def silence(request: bytes, writer: asyncio.StreamWriter) -> None:
    """Says nothing, as long as anybody waits."""
    await asyncio.sleep(60)


@asynccontextmanager
async def serving(reply: Reply, context: ssl.SSLContext | None = None) -> AsyncIterator[Target]:
    target = Target()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target.connections += 1
        task = asyncio.get_running_loop().create_task(
            _serve(target, reply, (reader, writer), sealed=context is not None)
        )
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(
    target: Target, reply: Reply, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], *, sealed: bool
) -> None:
    reader, writer = streams
    try:
        request = await _request(reader)
        if request:
            target.requests.append(request)
            await reply(request, writer)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        if sealed:  # a TLS goodbye would outlive the test
            writer.transport.abort()
        else:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Head and body, by Content-Length."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        return cut.partial
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + (await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b"")


@dataclass(frozen=True)
class Authority:
    """A certificate authority that trusts nobody else, and is trusted where it is told to be."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "ca.pem"

    def context(self, *names: str) -> ssl.SSLContext:
        """A server's context with a certificate for these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [_alternative(name) for name in names]
        built = _builder(names[0], self.certificate.subject, key).add_extension(
            x509.SubjectAlternativeName(alternatives), critical=False
        )
        path = self.folder / f"{names[0]}.pem"
        path.write_bytes(
            _pem(key) + built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def authority(folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of the tests")])
    built = _builder("authority of the tests", name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    found = Authority(folder, key, built.sign(key, hashes.SHA256()))
    found.file.write_bytes(found.certificate.public_bytes(serialization.Encoding.PEM))
    return found


def _builder(subject: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
