# permissions: state=PerTenant
from typing import Literal


def _items(state):
    return state.setdefault("items", [])


def run(ctx, /, action: Literal["add", "done", "list"], title: str = "") -> dict:
    items = _items(ctx.state)
    match action:
        case "add":
            if not title:
                raise ValueError("title is missing")
            items.append({"title": title, "done": False})
        case "done":
            for item in items:
                if item["title"] == title:
                    item["done"] = True
                    break
            else:
                raise KeyError(f"no item named {title!r}")
        case "list":
            pass
        case other:
            raise ValueError(f"unknown action {other}")
    return {"items": list(items), "open": sum(not i["done"] for i in items)}
