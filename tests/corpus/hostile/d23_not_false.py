# category: d23; static: refuse
def run() -> dict:
    x = 0
    while not False:
        x ^= 1
