"""Plays Amazon CloudWatch, STS and the agent of EKS Pod Identity on this machine: what they check, answer and refuse."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

AUTHORIZATION = re.compile(
    r"^AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/\d{8}/(?P<region>[a-z0-9-]+)/monitoring/aws4_request, "
    r"SignedHeaders=content-type;host;x-amz-date;(x-amz-security-token;)?x-amz-target, Signature=[0-9a-f]{64}$"
)
REFUSALS = {
    "denied": (403, "com.amazon.coral.service#AccessDeniedException"),
    "throttled": (400, "com.amazon.coral.service#ThrottlingException"),
    "unknown": (403, "com.amazon.coral.service#UnrecognizedClientException"),
    "skewed": (403, "com.amazon.coral.service#InvalidSignatureException"),
    "broken": (503, "com.amazonaws.cloudwatch#InternalServiceFault"),
}
SECRETS = ("played-secret", "played-token", "played-jwt")
"""What nobody may ever say."""


@dataclass
class CloudWatch:
    """Its metrics are by name; a figure is said for every period, or only for those that are told."""

    figures: dict[str, float | str] = field(default_factory=dict)
    """By name: of every period there is."""
    status: dict[str, str] = field(default_factory=dict)
    """By name: what stands beside its figures, where that is not Complete."""
    bad: set[str] = field(default_factory=set)
    """Metrics that spoil the call they are in."""
    trouble: dict[str, str] = field(default_factory=dict)
    """By region: what is wrong with it (see REFUSALS), or `hangs`."""
    page: int = 500
    """Metrics on one page."""
    lag: int = 0
    """Periods that are not there yet."""
    ahead: float = 0.0
    """Seconds by which its clock is ahead."""
    expiry: str = "2099-01-01T00:00:00Z"
    """When the credentials it gives end."""
    calls: Counter[str] = field(default_factory=Counter)
    """By region, `sts` and `agent`."""
    asked: Counter[str] = field(default_factory=Counter)
    """Metrics of calls that were not refused, by name, once whatever the pages."""
    bills: Counter[str] = field(default_factory=Counter)
    """Metrics that we say we were billed for, by region; pages count."""
    sizes: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """Who signed each call."""
    ended: threading.Event = field(default_factory=threading.Event)
    """What hangs, hangs until then."""

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """By keys, which need nobody to be asked."""
        return {
            "AWS_ENDPOINT_URL_CLOUDWATCH": self.url,
            "AWS_ACCESS_KEY_ID": "PLAYEDKEYS",
            "AWS_SECRET_ACCESS_KEY": "played-secret",
        }

    def billed(self, region: str, metrics: int) -> None:
        self.bills[region] += metrics

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """GetMetricData."""
        found = AUTHORIZATION.match(headers.get("authorization", ""))
        if not found or headers["x-amz-target"] != "GraniteServiceVersion20100801.GetMetricData":
            return 403, {"__type": "com.amazon.coral.service#IncompleteSignature"}
        region = found["region"]
        self.calls[region] += 1
        self.keys.append(found["key"])
        trouble = self.trouble.get(region, "")
        if trouble == "hangs":
            self.ended.wait(60)
        if trouble in REFUSALS:
            status, word = REFUSALS[trouble]
            return status, {"__type": word, "message": "a secret word"}
        return self._told(json.loads(body))

    def _told(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        queries = asked["MetricDataQueries"]
        names = [one["MetricStat"]["Metric"]["MetricName"] for one in queries]
        if len(queries) > 500 or self.bad & set(names):
            return 400, {
                "__type": "com.amazonaws.cloudwatch#InvalidParameterValueException",
                "message": names[0],
            }
        start = int(asked.get("NextToken", "0"))
        if not start:
            self.asked.update(names)
            self.sizes.append(len(names))
        rows = [self._row(one, asked) for one in queries[start : start + self.page]]
        more = {"NextToken": str(start + self.page)} if start + self.page < len(queries) else {}
        return 200, {"MetricDataResults": rows, "Messages": [], **more}

    def _row(self, query: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
        stat = query["MetricStat"]
        name, period = stat["Metric"]["MetricName"], stat["Period"]
        known = self.figures.get(name)
        last = asked["EndTime"] - period * (1 + self.lag)
        times = [] if known is None else list(range(last, asked["StartTime"] - 1, -period))
        return {
            "Id": query["Id"],
            "Label": name,
            "Timestamps": times,
            "Values": [known for _ in times],
            "StatusCode": self.status.get(name, "Complete"),
        }

    def assume(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        """STS: AssumeRoleWithWebIdentity."""
        self.calls["sts"] += 1
        if form.get("WebIdentityToken") != ["played-jwt"] or "RoleArn" not in form:
            return 403, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
        return 200, (
            "<R><Result><Credentials><AccessKeyId>BYROLE</AccessKeyId><SecretAccessKey>played-secret</SecretAccessKey>"
            f"<SessionToken>played-token</SessionToken><Expiration>{self.expiry}</Expiration></Credentials></Result></R>"
        ).encode()

    def agent(self, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """EKS Pod Identity."""
        self.calls["agent"] += 1
        if headers.get("authorization") != "played-jwt":
            return 400, {"code": "AccessDenied"}
        return 200, {
            "AccessKeyId": "BYAGENT",
            "SecretAccessKey": "played-secret",
            "Token": "played-token",
            "Expiration": self.expiry,
        }


def _handler(played: CloudWatch) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            status, said = played.agent({name.lower(): value for name, value in self.headers.items()})
            self._say(status, json.dumps(said).encode())

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            if "x-amz-target" in headers:
                status, said = played.answer(headers, body)
                return self._say(status, json.dumps(said).encode())
            return self._say(*played.assume(parse_qs(body.decode())))

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(
                int(time.time() + played.ahead) if timestamp is None else timestamp
            )

        def _say(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """The test's output is the test's."""

    return Handler
