# category: d23; static: refuse
def run() -> dict:
    while True:
        pass
