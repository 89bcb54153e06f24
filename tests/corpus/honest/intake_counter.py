# permissions: state=PerTenant
def run(ctx, /, millilitres: int) -> dict:
    """Add to the day's total."""
    if millilitres <= 0:
        raise ValueError("millilitres must be positive")
    state = ctx.state
    state["total"] = state.get("total", 0) + millilitres
    state.setdefault("history", []).append(millilitres)
    del state["history"][:-20]
    return {"total": state["total"], "last": state["history"]}
