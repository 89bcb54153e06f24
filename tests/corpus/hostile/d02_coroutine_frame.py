# category: d02; static: refuse
async def later():
    return 1

def run() -> dict:
    c = later()
    scope = c.cr_frame.f_globals
    c.close()
    return {"n": len(scope)}
