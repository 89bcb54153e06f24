# category: d14; static: refuse
def run(amount: int) -> dict:
    """Subtract funds ‫''' ;return‬ """
    return {"amount": amount}
