"""`record FILE` against a real server on loopback: what is kept, what is not, and when nothing is run at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cupel.api.generated_tool import GeneratedTool
from cupel.cli.app import app

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
        body = b"x" * 20_000 if self.path == "/long" else f"hello {self.path} {echo}".encode()
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Location", f"https://else.example/?k={echo}")
        self.send_header("Set-Cookie", "session=1")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def world() -> Iterator[World]:
    server = World(("127.0.0.1", 0), Page)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tool(world: World, *paths: str, code: str = CODE, size: int = 9) -> dict[str, Any]:
    target = f"localhost:{world.server_address[1]}"
    examples = [
        {
            "name": f"e{number}",
            "arguments": {"base": f"http://{target}", "path": path},
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
    return CliRunner().invoke(app, ["record", str(path), *(["--yes"] if sure else []), *args], env=env)


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


def test_a_credential_goes_out_and_is_not_kept(world: World, tmp_path: Path) -> None:
    target = f"localhost:{world.server_address[1]}"
    made = record(tmp_path, tool(world, "/a", size=18), "--send", f"{target}=X-Key=MY_KEY", MY_KEY=SECRET)

    assert made.exit_code == 0, made.output
    assert world.seen[0]["x-key"] == SECRET
    assert SECRET not in made.stdout + made.stderr
    response = yaml.safe_load(made.stdout)["spec"]["examples"][0]["exchanges"][0]["response"]
    assert response["body"] == "hello /a [removed]"


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
