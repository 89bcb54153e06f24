from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field


@dataclass
class Item:
    name: str
    price_cents: int
    quantity: int = 1

    @property
    def total(self):
        return self.price_cents * self.quantity


class Discount(ABC):
    @abstractmethod
    def apply(self, items: list[Item]) -> int:
        """Cents to take off."""

    def __repr__(self):
        return f"{self.__class__.__name__}()"


class Percent(Discount):
    def __init__(self, percent):
        self.percent = percent

    def apply(self, items):
        return sum(i.total for i in items) * self.percent // 100


class ThreeForTwo(Discount):
    def apply(self, items):
        return sum(i.quantity // 3 * i.price_cents for i in items)


@dataclass
class Basket:
    items: list[Item] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)

    def total(self) -> int:
        gross = sum(i.total for i in self.items)
        return max(0, gross - sum(d.apply(self.items) for d in self.discounts))


def run(items: list, percent: int = 0, three_for_two: bool = False) -> dict:
    basket = Basket([Item(**i) for i in items])
    if percent:
        basket.discounts.append(Percent(percent))
    if three_for_two:
        basket.discounts.append(ThreeForTwo())
    return {"items": [asdict(i) for i in basket.items], "total": basket.total(), "discounts": repr(basket.discounts)}
