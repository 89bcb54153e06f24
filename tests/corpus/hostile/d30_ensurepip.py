# category: d30; static: refuse
import ensurepip

def run() -> dict:
    ensurepip.bootstrap()
    return {}
