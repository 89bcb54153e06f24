"""Tools that exist already, as a gateway lists them: what wishes are searched among in the tests."""

from __future__ import annotations

TOOLS: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("word-count", "Counts the words in a text.", ("text",), ("words", "liczba słów", "contar palavras")),
    ("weather-now", "Current weather in a city: temperature, wind, rain.", ("city",), ("weather", "pogoda", "tempo", "clima")),
    ("short-link", "Shortens a long URL to a short link.", ("url",), ("shorten", "link")),
    ("qr-code", "Draws a QR code from a text or string as SVG.", ("text", "size"), ("qr", "barcode")),
    ("slugify", "Turns a title or headline into a slug for URLs.", ("title",), ("slug", "permalink")),
    ("caesar", "Shifts the letters of a text by a number of places (Caesar cipher).", ("text", "shift"), ("cipher",)),
    ("roman-numerals", "Writes a number in Roman numerals.", ("number",), ("roman",)),
    ("palindrome", "Says whether a text is a palindrome.", ("text",), ()),
    ("sentence-case", "Rewrites a heading in sentence case.", ("heading",), ("capitalise",)),
    ("diff-lines", "Compares two texts line by line and lists what changed.", ("before", "after"), ("diff", "compare")),
    ("prime-factors", "Prime factors of a whole number.", ("number",), ("factorise", "primes")),
    ("uuid-list", "Makes a list of random UUIDs.", ("count",), ("uuid", "guid")),
    ("colour-contrast", "Contrast ratio of two colours by WCAG.", ("foreground", "background"), ("accessibility",)),
    ("base64-text", "Encodes a text as Base64, or decodes it.", ("text", "decode"), ("base64",)),
    ("postcode-place", "Looks up the town for a postal code.", ("postcode", "country"), ("zip", "kod pocztowy", "código postal")),
    ("train-departures", "Next departures from a railway station.", ("station",), ("train", "pociąg", "comboio")),
    ("stock-quote", "Last price of a share by its ticker.", ("ticker",), ("share", "stock", "akcje")),
    ("issue-search", "Searches issues of a repository.", ("repository", "query"), ("bug", "ticket")),
    ("holiday-list", "Public holidays of a country in a year.", ("country", "year"), ("święta", "feriados")),
    ("sun-times", "Sunrise and sunset for a place on a day.", ("latitude", "longitude", "day"), ("sunrise", "sunset")),
    ("rhyme-finder", "Words that rhyme with a given word.", ("word",), ("rhyme", "poem")),
    ("text-readability", "Readability score of a text (Flesch).", ("text",), ("readability",)),
    ("crc32-sum", "CRC-32 checksum of a text.", ("text",), ("checksum",)),
    ("markdown-toc", "Table of contents for a Markdown document.", ("markdown",), ("toc", "headings")),
    ("dice-roll", "Rolls dice given as 2d6+1.", ("dice",), ("random",)),
    ("ip-country", "Country an IP address is registered in.", ("address",), ("geoip",)),
    ("recipe-search", "Finds recipes for ingredients at hand.", ("ingredients",), ("cooking", "przepis", "receita")),
    ("air-quality", "Air quality at a place: particulates and ozone.", ("city",), ("smog", "pm10")),
    ("calorie-count", "Calories of a meal from its ingredients.", ("ingredients",), ("food",)),
    ("invoice-total", "Total of an invoice from its lines, with tax per line.", ("lines",), ("invoice", "faktura", "fatura")),
)  # fmt: skip
"""name, description, argument names, keywords."""
