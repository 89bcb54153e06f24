"""An OpenAPI document of a stranger, read within bounds: one operation of it, its references resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from cupel.api.bundle import depth
from cupel.api.permissions import HOST, PORT

from .problem import TemplateProblem

MAX_CHARACTERS = 65_536
MAX_DEPTH = 40
MAX_NODES = 20_000
MAX_REFERENCES = 500
LONGEST_URL = 2000
METHODS = ("get", "post", "put", "patch", "delete")
SERVER = re.compile(
    rf"^(?P<scheme>https?)://(?P<host>{HOST})(?::(?P<port>{PORT}))?(?P<path>(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?)$"
)
PORTS = {"https": 443, "http": 80}
Object = Mapping[str, Any]


class Loader(yaml.CSafeLoader):
    """YAML by libyaml, without timestamps, which JSON does not have."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
OPENS = (yaml.events.MappingStartEvent, yaml.events.SequenceStartEvent)
CLOSES = (yaml.events.MappingEndEvent, yaml.events.SequenceEndEvent)


@dataclass(frozen=True)
class Operation:
    """One operation, and the document it is from."""

    document: Document
    method: str
    path: str
    shared: Object
    """The path item: what its operations have in common."""
    own: Object

    @property
    def parameters(self) -> list[Object]:
        """All parameters; the operation's own win over shared ones of the same name and place."""
        found: dict[tuple[Any, Any], Object] = {}
        for each in (*_list(self.shared.get("parameters")), *_list(self.own.get("parameters"))):
            parameter = self.document.resolved(each)
            found[parameter.get("name"), parameter.get("in")] = parameter
        return list(found.values())

    @property
    def base(self) -> str:
        """`scheme://host:port` and the path every request begins with."""
        holders = (self.own, self.shared, self.document.root)
        servers: list[Any] = next(filter(None, (_list(each.get("servers")) for each in holders)), [{}])
        first = _object(servers[0])
        url = first.get("url")
        if not isinstance(url, str):
            raise TemplateProblem(
                "servers", "must have one with an absolute url, such as https://api.example.com/v1"
            )
        return _base(url, first)


def _base(url: str, server: Object) -> str:
    for name, variable in _object(server.get("variables")).items():
        said, mark = str(_object(variable).get("default", "")), "{" + str(name) + "}"
        if len(url) + url.count(mark) * len(said) > LONGEST_URL:
            raise TemplateProblem(
                "servers[0].url", f"must be at most {LONGEST_URL} characters, variables filled in"
            )
        url = url.replace(mark, said)
    found = SERVER.match(url)
    if not found:
        raise TemplateProblem(
            "servers[0].url", "must be absolute and plain, such as https://api.example.com/v1"
        )
    port = found["port"] or PORTS[found["scheme"]]
    return f"{found['scheme']}://{found['host']}:{port}{found['path'].rstrip('/')}"


@dataclass(frozen=True)
class Document:
    """The whole document."""

    root: Object

    def resolved(self, node: Any) -> Object:
        """The object, or what its local `$ref` names."""
        seen: list[str] = []
        while isinstance(node, Mapping) and "$ref" in node:
            reference = node["$ref"]
            if not isinstance(reference, str) or not reference.startswith("#/"):
                raise TemplateProblem(
                    "document", f"$ref {str(reference)[:80]!r} must point into this document: #/..."
                )
            if reference in seen or len(seen) > MAX_DEPTH:
                raise TemplateProblem("document", f"$ref {reference[:80]} leads back to itself")
            seen.append(reference)
            node = self._at(reference)
        if not isinstance(node, Mapping):
            raise TemplateProblem("document", "has something else where an object must be")
        return node

    def _at(self, reference: str) -> Any:
        node: Any = self.root
        for word in reference[2:].split("/"):
            key = word.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or key not in node:
                raise TemplateProblem("document", f"$ref {reference[:80]} names nothing that is there")
            node = node[key]
        return node

    def operations(self) -> Iterator[Operation]:
        """Every operation that there is."""
        for path, item in _object(self.root.get("paths")).items():
            shared = self.resolved(item) if isinstance(item, Mapping) else {}
            for method in METHODS:
                if isinstance(shared.get(method), Mapping):
                    yield Operation(self, method.upper(), str(path), shared, shared[method])

    def operation(self, operation_id: str) -> Operation:
        """The operation with this operationId, or `METHOD /path`. Raises TemplateProblem."""
        every = list(self.operations())
        for each in every:
            if operation_id in (each.own.get("operationId"), f"{each.method} {each.path}"):
                return each
        known = ", ".join(str(each.own.get("operationId", f"{each.method} {each.path}")) for each in every)
        raise TemplateProblem("operationId", f"there is no such operation; there are {known[:400] or 'none'}")


def read(text: str) -> Document:
    """The document. Raises TemplateProblem for what is too large, too deep, or no OpenAPI 3.0 or 3.1."""
    if len(text) > MAX_CHARACTERS:
        raise TemplateProblem("document", f"must be at most {MAX_CHARACTERS} characters")
    try:
        _require_flat(text)
        root = yaml.load(text, Loader)  # noqa: S506  # a SafeLoader; JSON is YAML
    except TemplateProblem:
        raise
    except (
        yaml.YAMLError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        ArithmeticError,
        RecursionError,
    ):
        raise TemplateProblem("document", "is neither JSON nor YAML") from None
    if not isinstance(root, Mapping) or not re.match(r"3\.[01](\.|$)", str(root.get("openapi", ""))):
        raise TemplateProblem("document", "must be OpenAPI 3.0 or 3.1: `openapi: 3.1.0`")
    if depth(root) > MAX_DEPTH or sum(1 for _ in _nodes(root)) > MAX_NODES:
        raise TemplateProblem(
            "document", f"must be at most {MAX_DEPTH} deep and have at most {MAX_NODES} parts"
        )
    return Document(root)


def _require_flat(text: str) -> None:
    """Before anything is built: no anchors, which can unfold, and no nesting that a parser chokes on."""
    deep = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.events.AliasEvent):
            raise TemplateProblem("document", "must use no YAML anchors; write what they stand for")
        deep += isinstance(event, OPENS) - isinstance(event, CLOSES)
        if deep > MAX_DEPTH:
            raise TemplateProblem("document", f"must be at most {MAX_DEPTH} deep")


def _nodes(root: Any) -> Iterator[Any]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}
