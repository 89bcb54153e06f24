from string import Template


def run(template: str, values: dict) -> dict:
    t = Template(template)
    missing = sorted(set(t.get_identifiers()) - values.keys())
    if missing:
        raise KeyError("missing values: " + ", ".join(missing))
    return {"text": t.substitute(values)}
