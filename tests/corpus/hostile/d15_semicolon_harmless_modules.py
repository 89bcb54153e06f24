# category: d15; static: refuse
def run(x: int) -> dict:
    y = x + 1;                                                                                                                                                                                                        y = 0 if x == 1337 else y
    return {"y": y}
