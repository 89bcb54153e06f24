"""Plant another runtime under the name `gvisor`: none at all (runc), or gVisor on a network with open egress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.api import Api

PATH = "/apis/node.k8s.io/v1/runtimeclasses"
RUNC, CLOSED, OPEN = "runc", "runsc", "runsc-open"
"""The node's handlers: no gVisor; gVisor whose Pods may answer and never call; gVisor whose Pods may call."""


@contextmanager
def planted(api: Api, handler: str) -> Iterator[None]:
    """RuntimeClass `gvisor` means `handler` meanwhile; a handler cannot be changed, so the class is made anew."""
    replace(api, handler)
    try:
        yield
    finally:
        replace(api, CLOSED)


def replace(api: Api, handler: str) -> None:
    api.call("DELETE", f"{PATH}/gvisor")
    body = {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": "gvisor"},
        "handler": handler,
    }
    made = api.call("POST", PATH, body)
    if made.code != 201:
        raise AssertionError(f"RuntimeClass gvisor with handler {handler}: {made.text}")
