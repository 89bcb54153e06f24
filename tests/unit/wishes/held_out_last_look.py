"""Twenty wishes written after the matcher was made better a second time, by the same hand; measured once, nothing was mended for them."""

from __future__ import annotations

from tests.unit.wishes.told import Told

HELD_OUT_LAST_LOOK = (
    Told(
        "A recipe calls for two cups of milk and I only have a scale in millilitres",
        "en",
        "units",
        ("volume",),
    ),
    Told("Wind is given in knots but my users think in km/h", "en", "units", ("speed",)),
    Told("Work out what a jacket costs after 30% off", "en", "money", ("percent",)),
    Told("Split rent among housemates to the cent", "en", "money", ("split",)),
    Told("Reverse-charge invoices: strip the VAT from a gross sum", "en", "money", ("tax",)),
    Told("The date 90 days after signing a contract", "en", "dates", ("add",)),
    Told("Number of working days between two given dates", "en", "dates", ("business-days",)),
    Told("Second Tuesday in each month", "en", "calendar", ("nth-weekday",)),
    Told("Standard deviation of sensor values", "en", "statistics", ("deviation",)),
    Told("Tell me whether an ISBN is well-formed", "en", "validation", ("isbn",)),
    Told("From an email thread, fish out every URL", "en", "extract", ("url",)),
    Told("Lowercase a string and turn spaces into hyphens for a URL", "en", "tool:slugify"),
    Told(
        "How many sentences and paragraphs does an essay have?", "en", "measure", ("sentences", "paragraphs")
    ),
    Told("Remember how many coffees I had today", "en", "tracker", ("coffees",)),
    Told("Average of the column amount per customer in a CSV", "en", "csv", ("amount", "customer")),
    Told("Get id and status from each object of a JSON array", "en", "json", ("id", "status")),
    Told("Collect the headings of an HTML document", "en", "markup"),
    Told("Ile dni roboczych jest między dwiema datami", "pl", "dates", ("business-days",)),
    Told("Podziel rachunek za obiad na cztery osoby", "pl", "money", ("split",)),
    Told("Contar as palavras de um artigo", "pt", "tool:word-count"),
)
