"""`codes enroll` and `codes reset`: the API server says who the caller is; the secret is shown here once."""

from __future__ import annotations

import asyncio
import io
import secrets
import sys

import segno

from cupel.api.code_enrollment import CodeEnrollment
from cupel.api.common import API_VERSION, Condition, JsonObject
from cupel.api.names import SYSTEM_NAMESPACE
from cupel.decide.harmless import one_line
from cupel.kube.resources import CODE_ENROLLMENT
from cupel.sealed import NotForUs, Reader

from .codes import ASK, given_code, sent
from .output import Exit, Failure, console
from .seen import parsed
from .session import Session

SECONDS = 60
PAUSE = 0.25
AT_A_TERMINAL = "enrolling asks for its codes: run it at a terminal"


async def enroll(session: Session) -> Exit:
    """Ask, open the seal, show the secret once, and confirm it with its first code."""
    reader = Reader()
    asked = await _answered(session, {"purpose": "Enroll", "publicKey": reader.public_key})
    person, serial = asked.spec.person or "", asked.metadata.uid
    try:
        address = reader.open(asked.status.sealed, f"{serial}/{person}")
    except NotForUs as error:
        raise Failure(f"{error}: tell an administrator") from error
    _show(address)
    body = {
        "person": person,
        "serial": serial,
        "code": given_code(ASK, "Code the app shows now", AT_A_TERMINAL),
    }
    if asked.status.proof == "NewAndCurrentCode":
        body["currentCode"] = given_code(
            ASK, "You are enrolled already. Code of the present secret", AT_A_TERMINAL
        )
    answer = await sent(session, "/v1/enrollments/confirm", body)
    console().print(one_line(str(answer["message"])))
    return Exit.OK


def _show(address: str) -> None:
    """The QR code, where the terminal can; and what it says, for apps without a camera."""
    out = console()
    out.print("Scan this with an authenticator app. It is shown once, and kept by the code service alone.")
    drawing = io.StringIO()
    segno.make(address, error="l").terminal(drawing, compact=True)
    if sys.stdout.isatty():
        print(drawing.getvalue())
    out.print(address)


async def reset(session: Session, person: str) -> Exit:
    """Remove somebody's enrolment, so that they may enroll without a code they lost."""
    asked = await _answered(session, {"purpose": "Reset", "resets": person})
    console().print(one_line(_ready(asked).message))
    return Exit.OK


async def _answered(session: Session, spec: JsonObject) -> CodeEnrollment:
    """Make a CodeEnrollment and wait for the service's answer. Raises Failure."""
    name = f"{spec['purpose'].lower()}-{secrets.token_hex(6)}"
    metadata = {"name": name, "namespace": SYSTEM_NAMESPACE}
    body = {"apiVersion": API_VERSION, "kind": "CodeEnrollment", "metadata": metadata, "spec": spec}
    await session.client.create(body)
    for _ in range(int(SECONDS / PAUSE)):
        found = await session.client.get(CODE_ENROLLMENT, SYSTEM_NAMESPACE, name)
        if found is None:
            raise Failure(f"CodeEnrollment {name} is gone: try again")
        asked = parsed(CodeEnrollment, found)
        if asked.status.conditions:
            return _judged(asked)
        await asyncio.sleep(PAUSE)
    raise Failure(
        f"the code service did not answer within {SECONDS} s: "
        f"kubectl get pods -n {SYSTEM_NAMESPACE} -l app.kubernetes.io/component=codes",
        Exit.TIMEOUT,
    )


def _judged(asked: CodeEnrollment) -> CodeEnrollment:
    ready = _ready(asked)
    if ready.status == "False":
        raise Failure(f"the code service refuses: {ready.reason}: {one_line(ready.message)}")
    return asked


def _ready(asked: CodeEnrollment) -> Condition:
    return next(each for each in asked.status.conditions if each.type == "Ready")
