# category: d18; static: refuse
import site
import shutil

def run() -> dict:
    target = site.getusersitepackages() + "/usercustomize.py"
    shutil.copy(__file__, target)
    return {}
