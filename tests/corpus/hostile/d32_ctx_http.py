# category: d32; static: refuse
def run(ctx, /, url: str) -> dict:
    return {"text": ctx.http.get(url).text}
