# category: d28; static: refuse
def run(text: str) -> dict:
    headers = {"Authorization": "token ghp_0123456789abcdefABCDEF0123456789abcd"}
    return {"n": len(headers)}
