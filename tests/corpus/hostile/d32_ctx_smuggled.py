# category: d32; static: refuse
def go(box, url):
    return box.http.get(url)

def run(ctx, /, url: str) -> dict:
    return {"text": go(ctx, url).text}
