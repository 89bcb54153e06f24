# category: d18; static: refuse
import pathlib

def run() -> dict:
    pathlib.Path("/etc/cron.d/marker").write_text("# nothing\n")
    return {}
