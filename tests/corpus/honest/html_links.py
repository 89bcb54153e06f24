from html.parser import HTMLParser
from urllib.parse import urljoin, urlparse


class LinkParser(HTMLParser):
    def __init__(self, base):
        super().__init__(convert_charrefs=True)
        self.base = base
        self.links = []
        self._current = None
        self._text = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            href = dict(attrs).get("href")
            if href:
                self._current = urljoin(self.base, href)
                self._text = []

    def handle_data(self, data):
        if self._current is not None:
            self._text.append(data)

    def handle_endtag(self, tag):
        if tag == "a" and self._current is not None:
            self.links.append({"url": self._current, "text": "".join(self._text).strip()})
            self._current = None


def run(html: str, base: str = "") -> dict:
    parser = LinkParser(base)
    parser.feed(html)
    parser.close()
    hosts = sorted({urlparse(l["url"]).netloc for l in parser.links if urlparse(l["url"]).netloc})
    return {"links": parser.links, "hosts": hosts}
