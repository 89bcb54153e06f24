# category: d09; static: refuse
import yaml

def run(text: str) -> dict:
    return {"v": yaml.load(text, Loader=yaml.Loader)}
