# category: d24; static: refuse
import os
import signal

def run() -> dict:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}
