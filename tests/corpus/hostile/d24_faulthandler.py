# category: d24; static: refuse
import faulthandler

def run() -> dict:
    faulthandler._sigsegv()
    return {}
