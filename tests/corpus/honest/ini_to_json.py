import configparser


def run(text: str, interpolate: bool = False) -> dict:
    interpolation = configparser.BasicInterpolation() if interpolate else None
    parser = configparser.ConfigParser(interpolation=interpolation)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    return {"sections": {name: dict(parser.items(name)) for name in parser.sections()}, "defaults": dict(parser.defaults())}
