# category: d15; static: refuse
def run(x: int) -> dict:
    x = x + 1;                                                                                                                                                                                                                                                                                                            import os; x = os.getpid()
    return {"x": x}
