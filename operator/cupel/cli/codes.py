"""`codes ...` and deciding by code: the second channel, reached through the API server."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

import typer

from cupel.api.common import JsonObject
from cupel.api.names import CODES_PORT, CODES_SERVICE
from cupel.decide.digits import typed
from cupel.decide.harmless import one_line
from cupel.kube.cli_access import who_am_i
from cupel.kube.service_proxy import Refused, post

from .decision import Asked, chosen, genuine
from .dossier import dossier_without_digest, extent
from .output import Exit, Failure, console
from .seen import look
from .session import Session

SERVICE = f"http:{CODES_SERVICE}:{CODES_PORT}"
ASK = "-"
"""Instead of a code: ask for it."""
CODE = re.compile(r"(?:[0-9]{6}|[0-9]{8})\Z")
FOR_SCRIPTS = "for scripts there is {}"
PREFIX = re.compile(r"^[0-9a-f]{16}$")


async def decide_by_code(session: Session, asked: Asked) -> Exit:
    """Show what it is but the digest, ask for its digits and the code, and have the service write."""
    seen = await look(session, asked.tool)
    rev = chosen(seen, asked.digest)
    genuine(rev)
    me = await who_am_i(session.client)
    out = console()
    dossier_without_digest(out, seen, rev, await extent(session, seen, asked.full))
    out.print()
    prefix = given_prefix(asked.prefix)
    body = {
        "person": me,
        "namespace": session.namespace,
        "digest": rev.spec.digest,
        "digestPrefix": prefix,
        "decision": asked.verdict,
        "code": given_code(asked.code, f"One-time code of {me}"),
    }
    answer = await sent(session, "/v1/decisions", body)
    out.print(one_line(str(answer["message"])))
    return Exit.OK


def given_prefix(text: str) -> str:
    """The digits a person saw elsewhere. Raises Failure."""
    digits = typed(
        text
        or _asked(
            "First 16 digits of the digest, as the other channel shows it",
            FOR_SCRIPTS.format("--digest-prefix"),
        )
    )
    if not PREFIX.match(digits):
        raise Failure(
            "the digest's first 16 digits are 0-9 and a-f, as in 4464-2037-1f0a-9be2", Exit.UNUSABLE
        )
    return digits


def given_code(text: str, question: str, instead: str = FOR_SCRIPTS.format("--code")) -> str:
    """What was typed, or the answer to the question. Raises Failure."""
    digits = (_asked(question, instead) if text in ("", ASK) else text).replace(" ", "")
    if not CODE.match(digits):
        raise Failure("a code is six digits, or eight of one that was sent to you", Exit.UNUSABLE)
    return digits


def _asked(question: str, instead: str) -> str:
    try:
        sys.stdout.flush()
        answer: str = typer.prompt(one_line(question), err=True)
    except typer.Abort:
        raise Failure(f"nobody answered; {instead}", Exit.UNUSABLE) from None
    return answer


async def sent(session: Session, path: str, body: JsonObject) -> JsonObject:
    """What the service answers. Raises Failure with its words where it refuses."""
    try:
        return await post(session.client, SERVICE, path, body)
    except Refused as refused:
        code = Exit.UNREACHABLE if refused.reason in ("TryAgain", "TooManyRequests") else Exit.REFUSED
        raise Failure(f"the code service refuses: {one_line(refused.message)}", code) from None


@dataclass(frozen=True)
class Wanted:
    """A link, or a code, for one decision."""

    tool: str
    digest: str = ""
    code: str = ""
    transport: str = ""

    def __repr__(self) -> str:
        return f"Wanted({self.tool})"


async def link(session: Session, wanted: Wanted) -> Exit:
    """A link to the page: shown to who gives a code, or sent by a transport."""
    body = await _subject(session, wanted)
    if wanted.transport:
        body["transport"] = wanted.transport
    else:
        body["code"] = given_code(wanted.code, f"One-time code of {body['person']}")
    answer = await sent(session, "/v1/links", body)
    console().print(str(answer.get("url", "")) or one_line(str(answer["message"])))
    return Exit.OK


async def deliver(session: Session, wanted: Wanted) -> Exit:
    """Have a code sent to the caller, for one decision."""
    body = await _subject(session, wanted)
    if wanted.transport:
        body["transport"] = wanted.transport
    answer = await sent(session, "/v1/deliveries", body)
    console().print(one_line(str(answer["message"])))
    return Exit.OK


async def _subject(session: Session, wanted: Wanted) -> JsonObject:
    rev = chosen(await look(session, wanted.tool), wanted.digest)
    me = await who_am_i(session.client)
    return {"person": me, "namespace": session.namespace, "digest": rev.spec.digest}
