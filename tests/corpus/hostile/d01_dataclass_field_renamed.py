# category: d01; static: refuse
from dataclasses import dataclass, fields

@dataclass
class Base:
    x: int = 0

def run(text: str) -> dict:
    fields(Base)[0].name = "x=print('x') #"

    @dataclass
    class Child(Base):
        y: int = 0

    return {"v": str(Child())}
