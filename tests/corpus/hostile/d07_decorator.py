# category: d07; static: refuse
@eval
@str
class x:
    pass

def run() -> dict:
    return {}
