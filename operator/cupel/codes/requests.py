"""What callers send, parsed at the door, and the refusals they get."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from cupel.api.approval_ledger import PersonName
from cupel.api.common import Digest, Model, ObjectName

Code = Annotated[str, Field(pattern=r"^[0-9]{6,8}$")]
Transport = Annotated[str, Field(pattern=r"^[a-z0-9]{1,32}$")]
UNPROCESSABLE = 422
M = TypeVar("M", bound=Model)


class Refusal(Exception):
    """The answer is no. `reason` is an API; the message says what would make it right and holds no secret."""

    def __init__(self, reason: str, message: str, status: int = UNPROCESSABLE) -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status


class DecisionRequest(Model):
    """A person's yes or no, and the code that proves it is theirs."""

    person: PersonName
    namespace: ObjectName
    digest: Digest
    digest_prefix: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """The digest's first 16 digits as the person saw them on the other channel."""
    decision: Literal["Approve", "Reject"]
    code: Code = Field(repr=False)


class ConfirmRequest(Model):
    """The first code of a new secret, and a code of the one it replaces."""

    person: PersonName
    serial: Annotated[str, Field(min_length=1, max_length=64)]
    """uid of the CodeEnrollment."""
    code: Code = Field(repr=False)
    current_code: Code | None = Field(default=None, repr=False)


class LinkRequest(Model):
    """A link to the page of one decision: shown to who gives a code, or sent by a transport."""

    person: PersonName
    namespace: ObjectName
    digest: Digest
    code: Code | None = Field(default=None, repr=False)
    transport: Transport | None = None


class DeliveryRequest(Model):
    """A code to be sent to a person, for one decision."""

    person: PersonName
    namespace: ObjectName
    digest: Digest
    transport: Transport | None = None


def parsed(model: type[M], body: bytes) -> M:
    """Raises Refusal, which names the field and never shows what was sent."""
    try:
        return model.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refusal("BadRequest", f"`{where}`: {first['msg']}"[:500], 400) from None
