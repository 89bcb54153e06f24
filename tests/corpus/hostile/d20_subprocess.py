# category: d20; static: refuse
import subprocess

def run() -> dict:
    return {"out": subprocess.run("id", shell=True, capture_output=True, text=True).stdout}
