# category: d14; static: refuse
def run(text: str) -> dict:
    """Echo the text.󠁁󠁂󠁃"""
    return {"text": text}
