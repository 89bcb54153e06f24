"""A zone on a fake API server, with real launchers, as the gateway's own tests have it."""

from tests.edge.gateway.conftest import api, zone

__all__ = ["api", "zone"]
