"""A git host on loopback: GitHub's REST wire format as far as pull requests go, over a real git server that takes pushes.

Commits, trees and parents are those of the repository on disk. People act through the methods: they merge, close, reopen, push.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from aiohttp import web
from dulwich.objects import Blob, Commit
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

TOKEN = "ghs_a-token-of-the-tests"
OURS = 9001
ACCOUNTS = {
    "cupel-bot": OURS,
    "octo-alice": 11,
    "octo-bob": 12,
    "octo-carol": 13,
    "octo-erin": 14,
    "stranger": 99,
}
Json = dict[str, Any]


@dataclass
class PullRequest:
    """One pull request as the host keeps it."""

    number: int
    author: str
    title: str
    body: str
    head: str
    base: str
    head_sha: str
    state: str = "open"
    merged_by: str = ""
    closed_by: str = ""
    merge_commit: str = ""
    comments: list[tuple[str, str]] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    """(account, what it did)."""


@dataclass
class Request:
    """One request that came in."""

    method: str
    path: str
    status: int = 0


class GitHub:
    """State of one repository, and what people do with it."""

    def __init__(self, folder: Path, repository: str = "acme/tools") -> None:
        self.repository = repository
        folder.mkdir(parents=True, exist_ok=True)
        self.repo = Repo.init_bare(str(folder))
        self.pulls: dict[int, PullRequest] = {}
        self.requests: list[Request] = []
        self.pushes = 0
        self.weather: Callable[[web.Request], web.Response | None] = lambda _: None
        """Asked before everything: an answer of its own is what the caller gets."""
        self.lost: Callable[[web.Request], bool] = lambda _: False
        """Whether the answer is lost after the request was carried out."""

    # what people do

    def branch(self, name: str) -> str:
        return self.repo.refs[f"refs/heads/{name}".encode()].decode()

    def file(self, branch: str, path: str) -> bytes:
        tree = self.repo[self.repo[self.branch(branch).encode()].tree]
        _, sha = tree.lookup_path(self.repo.object_store.__getitem__, path.encode())
        found = self.repo[sha]
        assert isinstance(found, Blob)
        return found.data

    def opened(self) -> list[PullRequest]:
        return [pull for pull in self.pulls.values() if pull.state == "open"]

    def merge(self, number: int, by: str, *, squash: bool = False, tree: bytes | None = None) -> None:
        """As the button does; `tree`: what the merge is made to hold instead."""
        pull = self.pulls[number]
        pull.head_sha = self.branch(pull.head)
        base, head = self.branch(pull.base), pull.head_sha
        parents = [base.encode()] if squash else [base.encode(), head.encode()]
        pull.merge_commit = self._commit(tree or self.repo[head.encode()].tree, parents, "Merge")
        self.repo.refs[f"refs/heads/{pull.base}".encode()] = pull.merge_commit.encode()
        pull.state, pull.merged_by, pull.closed_by = "closed", by, by
        pull.events += [(by, "merged"), (by, "closed")]

    def close(self, number: int, by: str) -> None:
        self.pulls[number].state, self.pulls[number].closed_by = "closed", by
        self.pulls[number].events.append((by, "closed"))

    def reopen(self, number: int, by: str = "stranger") -> None:
        self.pulls[number].state, self.pulls[number].closed_by = "open", ""
        self.pulls[number].events.append((by, "reopened"))

    def force(self, branch: str, commit: str, by: str = "stranger") -> None:
        """Somebody makes the branch hold another commit that does not follow."""
        self.repo.refs[f"refs/heads/{branch}".encode()] = commit.encode()
        for pull in self.opened():
            if branch in (pull.head, pull.base):
                which = "head" if branch == pull.head else "base"
                pull.events.append((by, f"{which}_ref_force_pushed"))

    def push_commit(self, branch: str, text: bytes = b"evil\n") -> str:
        """Somebody adds a commit to a branch."""
        parent = self.branch(branch)
        tree = self.repo[self.repo[parent.encode()].tree].copy()
        blob = Blob.from_string(text)
        tree.add(b"added.py", 0o100644, blob.id)
        self.repo.object_store.add_object(blob)
        self.repo.object_store.add_object(tree)
        made = self._commit(tree.id, [parent.encode()], "Added")
        self.repo.refs[f"refs/heads/{branch}".encode()] = made.encode()
        return made

    def _commit(self, tree: bytes, parents: list[bytes], message: str) -> str:
        commit = Commit()
        commit.tree, commit.parents, commit.message = tree, parents, message.encode()
        commit.author = commit.committer = b"Somebody <somebody@example.com>"
        commit.author_time = commit.commit_time = 1_800_000_000
        commit.author_timezone = commit.commit_timezone = 0
        self.repo.object_store.add_object(commit)
        return commit.id.decode()

    # the wire

    def app(self) -> web.Application:
        root = f"/repos/{self.repository}"
        app = web.Application(middlewares=[self._door])
        app.router.add_get("/user", self._user)
        app.router.add_get(f"{root}/pulls", self._list)
        app.router.add_post(f"{root}/pulls", self._open)
        app.router.add_get(root + "/pulls/{number:[0-9]+}", self._one)
        app.router.add_patch(root + "/pulls/{number:[0-9]+}", self._change)
        app.router.add_get(root + "/issues/{number:[0-9]+}", self._issue)
        app.router.add_get(root + "/issues/{number:[0-9]+}/comments", self._comments)
        app.router.add_post(root + "/issues/{number:[0-9]+}/comments", self._comment)
        app.router.add_get(root + "/issues/{number:[0-9]+}/events", self._events)
        app.router.add_get(root + "/git/commits/{sha}", self._git_commit)
        return app

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        seen = Request(request.method, request.path_qs)
        self.requests.append(seen)
        if (early := self.weather(request)) is not None:
            seen.status = early.status
            return early
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "Bad credentials"}, status=401)
        try:
            answer = await handler(request)
        except web.HTTPNotFound:
            answer = web.json_response({"message": "Not Found"}, status=404)
        if self.lost(request):
            assert request.transport is not None
            request.transport.abort()
        seen.status = answer.status
        return answer

    async def _user(self, request: web.Request) -> web.Response:
        return tagged(request, account("cupel-bot"))

    async def _list(self, request: web.Request) -> web.Response:
        state, head = request.query.get("state", "open"), request.query.get("head", "")
        owner, ascending = self.repository.partition("/")[0], request.query.get("direction") == "asc"
        found = [
            self._wire(pull)
            for _, pull in sorted(self.pulls.items(), reverse=not ascending)
            if state in ("all", pull.state) and head in ("", f"{owner}:{pull.head}")
        ]
        return paged(request, found)

    async def _open(self, request: web.Request) -> web.Response:
        asked = await request.json()
        refs = self.repo.refs.as_dict(b"refs/heads")
        head, base = asked["head"], asked["base"]
        if head.encode() not in refs or base.encode() not in refs:
            return invalid("head or base does not exist")
        if any(
            pull.state == "open" and (pull.head, pull.base) == (head, base) for pull in self.pulls.values()
        ):
            return invalid(f"A pull request already exists for {head}.")
        number = len(self.pulls) + 1
        made = PullRequest(number, "cupel-bot", asked["title"], asked["body"], head, base, self.branch(head))
        self.pulls[number] = made
        return web.json_response(self._wire(made), status=201)

    async def _one(self, request: web.Request) -> web.Response:
        pull = self._named(request)
        by = account(pull.merged_by) if pull.merged_by else None
        return tagged(request, self._wire(pull) | {"merged": bool(pull.merged_by), "merged_by": by})

    async def _change(self, request: web.Request) -> web.Response:
        pull, asked = self._named(request), await request.json()
        if asked.get("state") == "closed" and pull.state == "open":
            self.close(pull.number, "cupel-bot")
        return web.json_response(self._wire(pull))

    async def _issue(self, request: web.Request) -> web.Response:
        pull = self._named(request)
        by = account(pull.closed_by) if pull.closed_by else None
        return tagged(request, {"number": pull.number, "state": pull.state, "closed_by": by})

    async def _comments(self, request: web.Request) -> web.Response:
        found = self._named(request).comments
        return paged(request, [{"user": account(who), "body": text} for who, text in found])

    async def _events(self, request: web.Request) -> web.Response:
        found = self._named(request).events
        return paged(
            request, [{"event": what, "actor": account(who), "commit_id": None} for who, what in found]
        )

    async def _comment(self, request: web.Request) -> web.Response:
        text = (await request.json())["body"]
        self._named(request).comments.append(("cupel-bot", text))
        return web.json_response({"id": 1, "body": text}, status=201)

    async def _git_commit(self, request: web.Request) -> web.Response:
        try:
            found = self.repo[request.match_info["sha"].encode()]
        except KeyError:
            raise web.HTTPNotFound from None
        assert isinstance(found, Commit)
        parents = [{"sha": parent.decode()} for parent in found.parents]
        return tagged(
            request, {"sha": found.id.decode(), "tree": {"sha": found.tree.decode()}, "parents": parents}
        )

    def _named(self, request: web.Request) -> PullRequest:
        number = int(request.match_info["number"])
        if number not in self.pulls:
            raise web.HTTPNotFound
        return self.pulls[number]

    def _wire(self, pull: PullRequest) -> Json:
        if pull.state == "open":
            pull.head_sha = self.branch(pull.head)
        at = "2026-11-27T00:00:00Z" if pull.merged_by else None
        return {
            "number": pull.number, "state": pull.state, "title": pull.title, "body": pull.body, "user": account(pull.author),
            "merged_at": at, "merge_commit_sha": pull.merge_commit or "f" * 40,
            "head": {"ref": pull.head, "sha": pull.head_sha, "repo": {"full_name": self.repository}},
            "base": {"ref": pull.base, "sha": self.branch(pull.base), "repo": {"full_name": self.repository}},
        }  # fmt: skip


def account(login: str) -> Json:
    return {"login": login, "id": ACCOUNTS[login], "type": "User"}


def paged(request: web.Request, found: list[Json]) -> web.Response:
    """One page of a list, and whether another follows."""
    page, size = int(request.query.get("page", "1")), int(request.query.get("per_page", "30"))
    more = {"Link": '<https://next>; rel="next"'} if len(found) > page * size else {}
    return tagged(request, found[(page - 1) * size : page * size], more)


def invalid(message: str) -> web.Response:
    return web.json_response({"message": f"Validation Failed: {message}"}, status=422)


def tagged(request: web.Request, body: object, headers: Mapping[str, str] | None = None) -> web.Response:
    """With an ETag, or 304 where the caller has it."""
    text = json.dumps(body, sort_keys=True)
    tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    return web.json_response(text=text, headers={"ETag": tag, **(headers or {})})


class Quiet(WSGIRequestHandler):
    """Says nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def git_itself(backend: str, host: GitHub) -> Any:
    """`git http-backend`, which checks every object it is given, as a WSGI application."""
    folder = Path(host.repo.path)
    config = folder / "config"
    config.write_text(config.read_text() + "[http]\n\treceivepack = true\n[receive]\n\tfsckObjects = true\n")

    def serve(environ: Json, start: Any) -> list[bytes]:
        prefix = f"/{host.repository}.git"
        if not environ["PATH_INFO"].startswith(prefix + "/"):
            start("404 Not Found", [("Content-Length", "0")])
            return []
        names = (
            "REQUEST_METHOD",
            "QUERY_STRING",
            "CONTENT_TYPE",
            "HTTP_CONTENT_ENCODING",
            "HTTP_GIT_PROTOCOL",
        )
        values = {name: environ[name] for name in names if environ.get(name)}
        values |= {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1"}
        body = whole(environ)
        values |= {"PATH_INFO": environ["PATH_INFO"].removeprefix(prefix), "CONTENT_LENGTH": str(len(body))}
        done = subprocess.run([backend], input=body, env=values, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        start(status, [(name, value) for name, value in headers if name != "Status"])
        return [content]

    return serve


def whole(environ: Json) -> bytes:
    """The request's body, chunked or not: wsgiref leaves that to the application."""
    stream = environ["wsgi.input"]
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked":
        return stream.read(int(environ.get("CONTENT_LENGTH") or 0))  # type: ignore[no-any-return]
    found = bytearray()
    while size := int(stream.readline().split(b";")[0], 16):
        found += stream.read(size)
        stream.readline()
    stream.readline()
    return bytes(found)


def http_backend() -> str:
    """Where git has it; empty where this git is without."""
    path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    found = Path(path) / "git-http-backend"
    return str(found) if found.exists() else ""


@contextmanager
def git_server(host: GitHub) -> Iterator[str]:
    """The repository over smart HTTP, for who has the token; gives the address to put before `owner/name.git`.

    Git itself serves it, or where that is without its HTTP backend, the library that pushes.
    """
    backend = http_backend()
    library = make_wsgi_chain(DictBackend({f"/{host.repository}.git": host.repo}))
    chain = git_itself(backend, host) if backend else library

    def guarded(environ: Json, start: Any) -> Any:
        expected = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        if environ.get("HTTP_AUTHORIZATION") != f"Basic {expected}":
            start("401 Unauthorized", [("WWW-Authenticate", "Basic"), ("Content-Length", "0")])
            return []
        host.pushes += environ["REQUEST_METHOD"] == "POST"
        return chain(environ, start)

    server = make_server("127.0.0.1", 0, guarded, WSGIServer, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
        host.repo.close()
