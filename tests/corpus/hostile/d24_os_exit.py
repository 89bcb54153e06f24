# category: d24; static: refuse
def run() -> dict:
    import os
    os._exit(0)
