# category: d10; static: refuse
def helper():
    return 1

def run() -> dict:
    helper.__code__ = helper.__code__.replace(co_consts=(None, 2))
    return {"v": helper()}
