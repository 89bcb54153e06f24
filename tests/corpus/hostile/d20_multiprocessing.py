# category: d20; static: refuse
from multiprocessing import Process

def run() -> dict:
    Process(target=print).start()
    return {}
