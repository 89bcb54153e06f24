"""Units and currencies and the names people give them in English, Polish and Portuguese, accents folded.

A name that ends in `*` stands for every word that begins so. Symbols of one letter mean a unit only between
"from" and "to", so they are not here.
"""

from __future__ import annotations

from collections.abc import Mapping

MEASURES: Mapping[str, Mapping[str, str]] = {
    "mass": {
        "kg": "kg kilogram* kilo kilos kila quilo quilos quilograma*",
        "g": "gram grams gramme grammes gramy gramow gramach gramami grama gramas",
        "mg": "mg milligram* miligram*",
        "lb": "lb lbs pound pounds funt funty funtow funtach libra libras",
        "oz": "oz ounce ounces uncja uncje uncji onca oncas",
        "t": "tonne tonnes ton tons tona tony tonelada toneladas",
        "st": "stone stones",
    },
    "length": {
        "km": "km kilomet* quilomet* kms",
        "m": "metre metres meter meters metr metry metrow metrach metro metros",
        "cm": "cm centimet* centymet*",
        "mm": "mm millimet* milimet*",
        "mi": "mile miles mila mil milach milami milha milhas",
        "ft": "ft foot feet stopy stopach pes",
        "in": "inch inches cal cale cali calach polegada polegadas",
        "yd": "yd yard yards jard jardy jarda jardas",
        "nmi": "nmi",
    },
    "volume": {
        "l": "litre litres liter liters litr litry litrow litrach litro litros",
        "ml": "ml millilit* mililit*",
        "gal": "gal gallon gallons galon galony galonow galao galoes",
        "pt": "pint pints pinta pinty",
        "floz": "floz",
        "cup": "cup cups",
    },
    "temperature": {
        "degC": "celsius celsjusz*",
        "degF": "fahrenheit*",
        "K": "kelvin*",
    },
    "time": {
        "s": "second seconds sekund* segundo segundos",
        "min": "minute minutes minuta minuty minut minutach minutos",
        "h": "hour hours godzin* hora horas",
        "d": "",
        "week": "",
    },
    "speed": {
        "km/h": "kmh kph kilometresperhour",
        "mph": "mph milesperhour",
        "m/s": "",
        "kn": "knots",
    },
    "data": {
        "B": "byte bytes bajt bajty bajtow",
        "kB": "kb kilobyte* kilobajt*",
        "MB": "mb megabyte* megabajt*",
        "GB": "gb gigabyte* gigabajt*",
        "TB": "tb terabyte* terabajt*",
        "KiB": "kib kibibyte*",
        "MiB": "mib mebibyte*",
        "GiB": "gib gibibyte*",
        "bit": "bits",
    },
    "area": {
        "ha": "hectare hectares hektar* hectar*",
        "acre": "acre acres akr akry akrow",
        "m2": "squaremetre",
        "km2": "squarekilometre",
        "ft2": "squarefoot",
    },
    "energy": {
        "J": "joule joules dzul dzule",
        "kcal": "kcal calorie calories kalorii kalorie kalorii caloria calorias kilokalori*",
        "kWh": "kwh",
    },
    "pressure": {"bar": "bars", "psi": "psi", "Pa": "pascal*", "hPa": "hpa hectopascal*", "atm": ""},
    "angle": {"deg": "", "rad": "radian*"},
}
"""What is measured -> symbol -> names."""

CURRENCIES: Mapping[str, str] = {
    "EUR": "eur euro euros eurow",
    "USD": "usd dollar dollars dolar* dolares",
    "GBP": "gbp sterling",
    "PLN": "pln zloty zlotys zlote zlotych zlotowk*",
    "CHF": "chf franc francs frank frankow franki",
    "JPY": "jpy yen jen jeny",
    "BRL": "brl reais",
    "CZK": "czk koruna koruny",
    "SEK": "sek",
    "NOK": "nok",
    "UAH": "uah hrywn*",
    "CNY": "cny yuan juan",
    "INR": "inr rupee*",
    "CAD": "cad",
    "AUD": "aud",
}
