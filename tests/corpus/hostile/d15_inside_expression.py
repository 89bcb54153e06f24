# category: d15; static: refuse
LIMITS = (1, 2,                                                                                                                                                                                                                                                                                                                                                                                                                                    __import__("os").getpid())

def run() -> dict:
    return {"limits": list(LIMITS)}
