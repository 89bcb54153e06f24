# category: d10; static: refuse
def run() -> dict:
    function = type(lambda: 0)
    made = function(run.__code__, {})
    return {"v": str(made)}
