# category: d25; static: refuse
def run(ctx, /) -> dict:
    return {"v": ctx.http.get("http://169.254.169.254/latest/meta-data/").text}
