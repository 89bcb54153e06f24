# category: d09; static: refuse
import copyreg
import io

def run() -> dict:
    copyreg.pickle(int, print)
    return {}
