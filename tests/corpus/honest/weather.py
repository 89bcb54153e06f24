# permissions: egress=api.open-meteo.com:443
from urllib.parse import urlencode

BASE = "https://api.open-meteo.com/v1/forecast"


def run(ctx, /, latitude: float, longitude: float) -> dict:
    query = urlencode({"latitude": latitude, "longitude": longitude, "current_weather": "true"})
    answer = ctx.http.get(f"{BASE}?{query}", headers={"accept": "application/json"})
    if answer.status != 200:
        raise RuntimeError(f"The weather service answered {answer.status}.")
    now = answer.json()["current_weather"]
    return {"temperature": now["temperature"], "wind": now["windspeed"]}
