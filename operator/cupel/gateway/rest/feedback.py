"""Feedback by REST: say it, read it, take it back."""

from __future__ import annotations

from ..asking_words import Opinion, OpinionAnswer
from ..catalogue import Catalogue
from ..problems import Code
from ..rating import Rating
from .bodies import Deleted, FeedbackPage, Said
from .operation import Answer, Asked, Operation, Parameter
from .tools import tool_of, whole

BEFORE = Parameter("before", "Where the last page ended.", "integer")
MOST_ROWS = 2**53
PROBLEMS: tuple[Code, ...] = ("unknown-tool", "no-store", "store-unavailable")


class FeedbackOperations:
    """Their operations."""

    def __init__(self, catalogue: Catalogue, rating: Rating) -> None:
        self._catalogue = catalogue
        self._rating = rating

    def operations(self) -> tuple[Operation, ...]:
        path = "/tools/{namespace}/{name}/feedback"
        return (
            Operation(
                "POST",
                path,
                "giveFeedback",
                "Say what an answer was worth.",
                self._give,
                OpinionAnswer,
                Opinion,
                statuses=(201,),
                problems=(*PROBLEMS, "not-json", "too-large"),
            ),
            Operation(
                "GET",
                path,
                "listFeedback",
                "What is said of a tool.",
                self._list,
                FeedbackPage,
                query=(BEFORE,),
                problems=PROBLEMS,
            ),
            Operation(
                "DELETE",
                path,
                "deleteFeedback",
                "Take back what you said of a tool.",
                self._delete,
                Deleted,
                problems=PROBLEMS,
            ),
        )

    async def _give(self, asked: Asked) -> Answer:
        assert isinstance(asked.body, Opinion)  # noqa: S101  # the operation says so
        entry = tool_of(self._catalogue, asked.caller, asked.path)
        return Answer(await self._rating.give(asked.caller, entry, asked.body), 201)

    async def _list(self, asked: Asked) -> Answer:
        entry = tool_of(self._catalogue, asked.caller, asked.path)
        before = whole(asked.query, "before", 0, MOST_ROWS)
        page = await self._rating.page(asked.caller, entry, before)
        votes = await self._rating.votes(entry)
        items = tuple(
            Said(
                verdict=one.verdict,
                comment=one.comment,
                given_at=one.given_at,
                digest=one.digest,
                mine=one.tenant == asked.caller.tenant,
            )
            for one in page.items
        )
        return Answer(FeedbackPage(up=votes.up, down=votes.down, items=items, before=page.before or None))

    async def _delete(self, asked: Asked) -> Answer:
        entry = tool_of(self._catalogue, asked.caller, asked.path)
        return Answer(Deleted(deleted=await self._rating.take_back(asked.caller, entry)))
