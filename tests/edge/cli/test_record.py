"""`record FILE` against a real server on loopback: what is kept, what is not, and when nothing is run at all."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from tests.edge.egress.targets import authority
from typer.testing import CliRunner, Result

from cupel.api.generated_tool import GeneratedTool
from cupel.cli.app import app
from cupel.cli.recorder_key import Key
from cupel.cli.recording import MOST_TEXT, Credential, Tape, recorder

SECRET = "s3cret/value+7391"
CODE = """\
def run(ctx, /, base: str, path: str) -> dict:
    answer = ctx.http.get(base + path)
    return {"status": answer.status, "size": len(answer.text)}
"""


class World(ThreadingHTTPServer):
    """What the tool calls; keeps what it was sent."""

    daemon_threads = True
    seen: list[dict[str, str]]


class Page(BaseHTTPRequestHandler):
    server: World

    def do_GET(self) -> None:
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()})
        echo = self.headers.get("X-Key", "")
        body = self.content(echo)
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Location", f"https://else.example/?k={echo}")
        self.send_header("Set-Cookie", "session=1")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def content(self, echo: str) -> bytes:
        match self.path:
            case "/long":
                return b"x" * 20_000
            case "/endless":
                return b"x" * 2_000_000
            case "/at-the-cut":
                return (b"x" * (MOST_TEXT - len(echo) + 1)) + echo.encode()
            case "/php":
                return echo.replace("/", "\\/").encode() + base64.b64encode(echo.encode())
        return f"hello {self.path} {echo}".encode()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def world() -> Iterator[World]:
    yield from serving(None)


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The same over TLS, with a certificate of `localhost` that this process trusts."""
    trusted = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.file))
    yield from serving(trusted.context("localhost"))


def serving(context: ssl.SSLContext | None) -> Iterator[World]:
    server = World(("127.0.0.1", 0), Page)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tool(world: World, *paths: str, code: str = CODE, size: int = 9, scheme: str = "http") -> dict[str, Any]:
    target = f"localhost:{world.server_address[1]}"
    examples = [
        {
            "name": f"e{number}",
            "arguments": {"base": f"{scheme}://{target}", "path": path},
            "result": {"status": 200, "size": size},
        }
        for number, path in enumerate(paths)
    ]
    text = {"type": "string"}
    schema = {"type": "object", "properties": {"base": text, "path": text}}
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": "looks"},
        "spec": {
            "description": "Look.",
            "interface": {"inputSchema": schema, "outputSchema": {"type": "object"}},
            "examples": examples,
            "source": {"type": "Inline", "inline": {"code": code}},
            "permissions": {"egress": [target]},
        },
    }


def record(folder: Path, body: dict[str, Any], *args: str, sure: bool = True, **env: str) -> Result:
    path = folder / "tool.yaml"
    path.write_text(yaml.safe_dump(body))
    private = [
        word for target in body["spec"]["permissions"].get("egress", ()) for word in ("--private", target)
    ]
    return CliRunner().invoke(
        app, ["record", str(path), *private, *(["--yes"] if sure else []), *args], env=env
    )


def test_what_is_exchanged_is_written_into_the_examples(world: World, tmp_path: Path) -> None:
    made = record(tmp_path, tool(world, "/a", "/b"))

    assert made.exit_code == 0, made.output
    body = yaml.safe_load(made.stdout)
    port = world.server_address[1]
    assert body["spec"]["examples"][0]["exchanges"] == [
        {
            "request": {"method": "GET", "url": f"http://localhost:{port}/a"},
            "response": {
                "status": 200,
                "headers": [
                    {"name": "content-type", "value": "text/plain"},
                    {"name": "location", "value": "https://else.example/?k="},
                ],
                "body": "hello /a ",
            },
        }
    ]
    GeneratedTool.parse(body)
    assert len(world.seen) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/a", "hello /a [removed]"),
        ("/at-the-cut", ("x" * (MOST_TEXT - len(SECRET) + 1) + "[removed]")[:MOST_TEXT]),
        ("/php", "[removed][removed]"),
    ],
)
def test_a_credential_goes_out_and_is_not_kept(secure: World, tmp_path: Path, path: str, body: str) -> None:
    target = f"localhost:{secure.server_address[1]}"
    asked = tool(secure, path, size=len(body), scheme="https")
    made = record(tmp_path, asked, "--send", f"{target}=X-Key=MY_KEY", MY_KEY=SECRET)

    assert made.exit_code == 0, made.output
    assert secure.seen[0]["x-key"] == SECRET
    assert SECRET[:-1] not in made.stdout + made.stderr
    response = yaml.safe_load(made.stdout)["spec"]["examples"][0]["exchanges"][0]["response"]
    assert response["body"] == body


def test_a_credential_is_not_sent_in_the_clear(world: World, tmp_path: Path) -> None:
    target = f"localhost:{world.server_address[1]}"
    made = record(tmp_path, tool(world, "/a"), "--send", f"{target}=X-Key=MY_KEY", MY_KEY=SECRET)

    assert made.exit_code == 0, made.output
    assert "x-key" not in world.seen[0]
    assert "a credential is sent over https only" in made.stderr


def test_an_answer_without_end_is_refused(world: World, tmp_path: Path) -> None:
    made = record(tmp_path, tool(world, "/endless"))

    assert made.exit_code == 1
    assert "the answer is larger than 1048576 bytes" in made.stderr


def test_a_private_address_is_called_only_when_it_is_named(world: World, tmp_path: Path) -> None:
    body = tool(world, "/a")
    path = tmp_path / "tool.yaml"
    path.write_text(yaml.safe_dump(body))
    made = CliRunner().invoke(app, ["record", str(path), "--yes"])

    assert (made.exit_code, world.seen) == (1, [])
    assert f"takes --private localhost:{world.server_address[1]}" in made.stderr


def key_of(proxy: str) -> str:
    """The field that opens a recorder, from its URL."""
    parts = urlsplit(proxy)
    pair = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    return f"Proxy-Authorization: Basic {pair}"


def asked(
    tape: Tape, url: str, *fields: str, key: Callable[[str], list[str]] = lambda p: [key_of(p)]
) -> bytes:
    """The recorder's answer to these bytes."""
    with (
        recorder(tape) as proxy,
        socket.create_connection(("127.0.0.1", int(proxy.rpartition(":")[2]))) as way,
    ):
        way.sendall("\r\n".join([f"GET {url} HTTP/1.1", *key(proxy), *fields, "", ""]).encode())
        way.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: way.recv(65_536), b""))


def tape_of(target: str, *credentials: Credential, private: bool = True) -> Tape:
    allowed = frozenset([target])
    return Tape(allowed, credentials, ssl.create_default_context(), allowed if private else frozenset())


OTHERS: dict[str, Callable[[str], list[str]]] = {
    "no key": lambda _: [],
    "a guess": lambda _: ["Proxy-Authorization: Basic Y3VwZWw6Y3VwZWw="],
    "the key of another run": lambda _: [key_of(Key().url(1))],
    "half a key": lambda proxy: [key_of(proxy)[:-8]],
    "an empty key": lambda _: ["Proxy-Authorization: "],
    "two keys": lambda proxy: ["Proxy-Authorization: Basic x", key_of(proxy)],
    "no ASCII": lambda _: ["Proxy-Authorization: Basic \u00e4"],
}


@pytest.mark.parametrize("who", OTHERS)
def test_another_process_of_this_machine_gets_nothing_from_the_recorder(world: World, who: str) -> None:
    target = f"localhost:{world.server_address[1]}"
    tape = tape_of(target)

    answer = asked(tape, f"http://{target}/a", key=OTHERS[who])

    assert answer.startswith(b"HTTP/1.1 407 ")
    assert (world.seen, tape.taken()) == ([], ([], []))


def test_what_opens_the_recorder_goes_no_further_and_is_in_no_repr(world: World) -> None:
    target = f"localhost:{world.server_address[1]}"
    tape = tape_of(target)
    assert asked(tape, f"http://{target}/a").startswith(b"HTTP/1.1 200 ")

    assert not [name for name in world.seen[0] if name.startswith("proxy-")]
    assert "authorization" not in json.dumps(tape.taken()).lower()
    assert repr(Key()) == "Key()"


def test_headers_that_would_split_an_answer_are_not_sent(world: World) -> None:
    target = f"localhost:{world.server_address[1]}"
    asked(tape_of(target), f"http://{target}/a", "Range: bytes=0-5", "If_Range: x", "TE: gzip", "X-Other: 1")

    assert {"range", "if_range", "te", "x-other"} & world.seen[0].keys() == {"x-other"}


@pytest.mark.parametrize("length", ["-1", "x"])
def test_a_length_that_is_none_harms_nothing(world: World, length: str) -> None:
    target = f"localhost:{world.server_address[1]}"

    assert asked(tape_of(target), f"http://{target}/a", f"Content-Length: {length}").startswith(b"HTTP/1.1 ")


def test_a_metadata_service_is_refused_whatever_was_said() -> None:
    found = asked(tape_of("169.254.169.254:80"), "http://169.254.169.254/latest")

    assert b"leads to a metadata service" in found


def test_a_long_body_is_cut_for_recording_and_tool_alike(world: World, tmp_path: Path) -> None:
    made = record(tmp_path, tool(world, "/long", size=16_384))

    assert made.exit_code == 0, made.output
    assert "a body was cut after 16384 characters" in made.stderr


def test_a_result_that_differs_is_said_or_taken(world: World, tmp_path: Path) -> None:
    body = tool(world, "/away")
    differs = record(tmp_path, body)
    taken = record(tmp_path, body, "--results", "-o", str(tmp_path / "out.yaml"))

    assert (differs.exit_code, taken.exit_code) == (1, 0)
    assert 'the tool answered {"status": 302' in differs.stderr
    written = yaml.safe_load((tmp_path / "out.yaml").read_text())
    assert written["spec"]["examples"][0]["result"] == {"status": 302, "size": 12}


def test_nothing_runs_without_a_yes(world: World, tmp_path: Path) -> None:
    made = record(tmp_path, tool(world, "/a"), sure=False)

    assert (made.exit_code, world.seen) == (2, [])
    assert "This runs the tool's code on this machine" in made.stderr
    assert "give --yes" in made.stderr


def test_nothing_runs_that_the_analyser_refuses(world: World, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w').close()\n" + CODE
    made = record(tmp_path, tool(world, "/a", code=code))

    assert (made.exit_code, world.seen, mark.exists()) == (1, [], False)
    assert "cupel check" in made.stderr


def test_a_host_that_is_not_declared_is_not_called(world: World, tmp_path: Path) -> None:
    body = tool(world, "/a")
    body["spec"]["examples"][0]["arguments"]["base"] = f"http://127.0.0.1:{world.server_address[1]}"
    made = record(tmp_path, body)

    assert (made.exit_code, world.seen) == (1, [])
    assert "is not in permissions.egress" in made.stderr


# fmt: off
BAD = [
    ("no-egress",         lambda b: b["spec"].update(permissions={}, source={"type": "Inline", "inline": {"code": "def run(base: str, path: str) -> dict:\n    return {}\n"}}), (), "spec.permissions.egress is empty"),
    ("send-elsewhere",    lambda b: None, ("--send", "a.example:443=X-Key=HOME"),   "of the tool's egress"),
    ("private-elsewhere", lambda b: None, ("--private", "a.example:443"),           "of the tool's egress"),
    ("send-half",         lambda b: None, ("--send", "nonsense"),                   "HOST:PORT=HEADER=VARIABLE"),
    ("not-to-be-written", lambda b: None, ("-o", "/no/such/folder/x.yaml"),         "cannot be written"),
]
# fmt: on


@pytest.mark.parametrize(("change", "args", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_cannot_be_recorded_is_said(
    world: World, tmp_path: Path, change: Any, args: tuple[str, ...], words: str
) -> None:
    body = json.loads(json.dumps(tool(world, "/a")))
    change(body)
    made = record(tmp_path, body, *args)

    assert made.exit_code == 2
    assert words in made.stderr


def test_a_file_that_is_not_there_is_unusable_and_nobody_is_sent_to_check_it(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["record", str(tmp_path / "none.yaml"), "--yes"])

    assert made.exit_code == 2
    assert "none.yaml cannot be read: No such file or directory" in made.stderr
    assert "cupel check" not in made.stderr
