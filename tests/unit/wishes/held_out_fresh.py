"""The sixth held-out table: written after all others by somebody who had not read the matcher, measured once."""

from __future__ import annotations

from tests.unit.wishes.told import Told

HELD_OUT_FRESH = (
    Told("How heavy is a person of 12 stone in kilograms", "en", "units", ("mass",)),
    Told("Turn gallons into litres for a recipe", "en", "units", ("volume",)),
    Told("How many megabytes are there in 3.5 gigabytes", "en", "units", ("data",)),
    Told("Log every glass of water I drink and show today's total", "en", "tracker"),
    Told("Keep a running tally of push-ups per day", "en", "tracker"),
    Told("List every phone number that appears in an email body", "en", "extract", ("phone",)),
    Told("Get all hyperlinks out of a web page's HTML", "en", "markup", ("href",)),
    Told("What weekday was 14 July 1789", "en", "dates"),
    Told("Add 45 business days to the date of an order", "en", "dates"),
    Told("Give me the median and the spread of response times", "en", "statistics", ("median",)),
    Told("Is this IBAN valid?", "en", "validation", ("iban",)),
    Told("Keep only the rows of a CSV file where status is open", "en", "csv", ("status", "open")),
    Told("From a JSON array of orders keep id and total, sorted by total", "en", "json", ("id", "total")),
    Told("Split a restaurant bill with a 15% tip between four friends", "en", "money", ("split",)),
    Told("Make a slug from the name of a product", "en", "tool:slugify"),
    Told("Which town belongs to a postal code", "en", "tool:postcode-place"),
    Told("Przelicz funty na kilogramy", "pl", "units", ("mass",)),
    Told("Notuj, ile kilometrów przebiegam każdego dnia", "pl", "tracker", ("km",)),
    Told("Wyciągnij wszystkie adresy e-mail z wiadomości", "pl", "extract", ("email",)),
    Told("Policz średnią i odchylenie standardowe pomiarów", "pl", "statistics", ("mean",)),
    Told("Quantos dias faltam para o Natal", "pt", "dates"),
    Told("Validar um número de cartão de crédito", "pt", "validation", ("card",)),
    Told("Converter milhas em quilómetros", "pt", "units", ("length",)),
    Told("Somar a coluna valor de um ficheiro CSV por cliente", "pt", "csv", ("valor", "cliente")),
)
