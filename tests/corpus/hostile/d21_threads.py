# category: d21; static: refuse
import threading
import time

def run() -> dict:
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(1,)).start()
    return {}
