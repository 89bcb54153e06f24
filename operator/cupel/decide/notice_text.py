"""How notices read: plain text of bounded length, one notice or many in a message. What there is to tell is
decided in `notices`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cupel.api.routing import News

from .notices import Notice
from .plain_text import plain

MAX_BODY = 1900
"""Characters. The strictest of the usual chat services takes 2,000."""
MAX_TITLE = 200
SUMMED = 8
"""Lines of totals, one for each namespace, that open a message about many notices."""
URGENT: tuple[News, ...] = ("Waiting", "Condemned", "Refused", "Served")
"""The order in which many notices are told."""


@dataclass(frozen=True)
class Letter:
    """A notice as one channel gets it; kept until it was sent."""

    id: str
    """The same for the same news, so that who gets it twice can tell."""
    news: News
    namespace: str
    tool: str
    reason: str
    title: str
    body: str
    line: str
    """All of it in one line, for a message about many."""


def letter(notice: Notice, telling: int, cluster: str) -> Letter:
    """`telling`: 1 for the first time, more for reminders."""
    uid, generation, reason = notice.key
    named = hashlib.sha256(f"{uid}/{generation}/{reason}/{telling}".encode()).hexdigest()[:12]
    again = "Reminder: " if telling > 1 else ""
    what = f"{again}{notice.namespace}/{notice.tool} {_phrase(notice)}"
    command = notice.commands[0].partition("   #")[0] if notice.commands else ""
    return Letter(
        id=named,
        news=notice.news,
        namespace=notice.namespace,
        tool=notice.tool,
        reason=reason,
        title=f"{_from(cluster)} {what}"[:MAX_TITLE],
        body=_fitted([*_facts(notice), *_commands(notice)], f"Notice {named}"),
        line=f"{what}. {command} (notice {named})",
    )


def message(letters: Sequence[Letter], batch: str, cluster: str) -> tuple[str, str]:
    """Title and body of one message about these. `batch` names it, and is the same when it is sent again."""
    if len(letters) == 1:
        return letters[0].title, letters[0].body
    counts = Counter(one.news for one in letters)
    title = f"{_from(cluster)} {len(letters)} notices: " + ", ".join(
        f"{counts[news]} {news}" for news in URGENT if counts[news]
    )
    head = list(_sums(letters))
    tail = f"Message {batch}"
    room = MAX_BODY - len(tail) - sum(len(line) + 1 for line in head) - 100
    lines = _as_many_as_fit([one.line for one in _in_turn(letters)], room)
    left = len(letters) - len(lines)
    more = [f"and {left} more: kubectl cupel get -n NAMESPACE"] if left else []
    return title[:MAX_TITLE], "\n".join([*head, "", *lines, *more, tail])


def _in_turn(letters: Sequence[Letter]) -> list[Letter]:
    """By urgency, and then each namespace in turn: a storm in one leaves room for what waits in another."""
    ordered = sorted(letters, key=lambda one: (URGENT.index(one.news), one.namespace, one.tool))
    before = Counter[tuple[News, str]]()
    turns: list[tuple[int, int, Letter]] = []
    for one in ordered:
        turns.append((URGENT.index(one.news), before[one.news, one.namespace], one))
        before[one.news, one.namespace] += 1
    return [one for _, _, one in sorted(turns, key=lambda turn: turn[:2])]


def _sums(letters: Sequence[Letter]) -> Iterator[str]:
    places = Counter(one.namespace for one in letters)
    for namespace, _ in places.most_common(SUMMED):
        here = Counter(f"{one.news} {one.reason}" for one in letters if one.namespace == namespace)
        kinds = ", ".join(f"{number} {what}" for what, number in here.most_common(3))
        rest = sum(number for _, number in here.most_common()[3:])
        yield f"{namespace}: {kinds}" + (f", {rest} other" if rest else "")
    if len(places) > SUMMED:
        yield f"and {len(places) - SUMMED} more namespaces"


def _as_many_as_fit(lines: list[str], room: int) -> list[str]:
    fitting: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        fitting.append(line)
    return fitting


def _fitted(lines: list[str], tail: str) -> str:
    """The lines that fit, whole, and the last one in any case."""
    return "\n".join([*_as_many_as_fit(lines, MAX_BODY - len(tail)), tail])


def _from(cluster: str) -> str:
    return f"[Cupel {cluster}]" if cluster else "[Cupel]"


def _phrase(notice: Notice) -> str:
    reason = notice.key.reason
    match notice.news:
        case "Served":
            return "is served"
        case "Refused":
            return f"is refused: {reason}"
        case "Condemned":
            return "was rolled back"
    until = f" until {_time(notice.deadline)}" if notice.deadline else ""
    return f"waits for approval{until}" if reason == "AwaitingApproval" else f"waits for a person: {reason}"


def _facts(notice: Notice) -> Iterator[str]:
    revision = f", revision {notice.revision}" if notice.revision else ""
    yield f"{notice.kind} {notice.tool} in namespace {notice.namespace}{revision}"
    yield f"Reason: {notice.key.reason}, since {_time(notice.since)}"
    if notice.deadline is not None:
        yield f"Deadline: {_time(notice.deadline)}, then it is refused"
    if notice.requesters:
        yield f"Asked for by: {', '.join(plain(who, 100) for who in notice.requesters[:3])}"
    if notice.message:
        yield f"Message: {plain(notice.message, 400)}"
    for detail in notice.details:
        yield f"- {plain(detail, 200)}"


def _commands(notice: Notice) -> Iterator[str]:
    if notice.commands:
        yield "What to do:"
    for command in notice.commands:
        yield f"  {command}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
