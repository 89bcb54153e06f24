# category: d01; static: refuse
def run(text: str) -> dict:
    match text:
        case str(__class__=kind):
            match kind:
                case object(__mro__=order):
                    return {"order": [str(o) for o in order]}
    return {}
