from itertools import islice
from typing import Generic, Iterable, Iterator, List, TypeVar

T = TypeVar("T")


class Page(Generic[T]):
    def __init__(self, number: int, items: List[T]):
        self.number = number
        self.items = items

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __bool__(self):
        return bool(self.items)


def pages(items: Iterable[T], size: int) -> Iterator[Page[T]]:
    source = iter(items)
    number = 1
    while True:
        page = Page(number, list(islice(source, size)))
        if not page:
            return
        yield page
        number += 1


def run(items: list, size: int = 10) -> dict:
    return {"pages": [{"number": p.number, "items": list(p)} for p in pages(items, size)]}
