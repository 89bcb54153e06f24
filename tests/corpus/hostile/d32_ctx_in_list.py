# category: d32; static: refuse
def run(ctx, /, url: str) -> dict:
    [tool] = [ctx]
    return {"text": tool.http.get(url).text}
