# category: d32; static: refuse
def run(ctx, /, n: int) -> dict:
    ctx.state["n"] = ctx.state.get("n", 0) + n
    return {"n": ctx.state["n"]}
