# category: d01; static: refuse
from dataclasses import dataclass, field

spare = field(default=0)

@dataclass
class Base:
    x: int = spare

def run(text: str) -> dict:
    spare.name = text

    @dataclass
    class Child(Base):
        pass

    return {"v": str(Child())}
