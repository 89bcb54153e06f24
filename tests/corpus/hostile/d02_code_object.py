# category: d02; static: refuse
def helper():
    return 1

def run() -> dict:
    code = helper.__code__
    return {"names": list(code.co_names)}
