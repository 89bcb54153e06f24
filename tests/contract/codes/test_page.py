"""The page for phones in a real browser: disclosure, digits, code, decision; and what a link allows."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import presence_of_element_located, staleness_of
from selenium.webdriver.support.wait import WebDriverWait
from tests.contract.cli.stage import Stage
from tests.contract.codes.browser import WIDTH, phone
from tests.contract.codes.conftest import NewPerson
from tests.contract.codes.people import Person
from tests.contract.codes.process import CodeService

pytestmark = pytest.mark.apiserver
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"
HOSTILE = "<script>document.title='gone'</script><img src=http://evil.example/x>\n" + "w" * 400


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    with phone() as here:
        yield here


def asked(stage: Stage, name: str, description: str = "Count the words.") -> str:
    stage.tool(name, CODE % name)
    if description != "Count the words.":
        patch = {"spec": {"description": description}}
        stage.server.patch(stage.path("GeneratedTool", name), patch, "alice").allowed()
    return stage.revise(name)


def link_for(stage: Stage, who: Person, tool: str, code: str) -> str:
    result = who.cupel("codes", "link", tool, "-n", stage.namespace, "--code", code)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def fill(chrome: Chrome, prefix: str, code: str, button: str) -> None:
    for field, text in (("prefix", prefix), ("code", code)):
        box = chrome.find_element(By.ID, field)
        box.clear()
        box.send_keys(text)
    pressed = chrome.find_element(By.XPATH, f"//button[@value='{button}']")
    pressed.click()
    WebDriverWait(chrome, 30).until(staleness_of(pressed))
    WebDriverWait(chrome, 30).until(presence_of_element_located((By.TAG_NAME, "h1")))


def text_of(chrome: Chrome) -> str:
    return chrome.find_element(By.TAG_NAME, "body").text


def test_an_approver_decides_on_a_phone(
    stage: Stage, person: NewPerson, codes: CodeService, chrome: Chrome
) -> None:
    bob, digest = person(), asked(stage, "phone")
    url = link_for(stage, bob, "phone", bob.code())
    chrome.get(url)

    told = text_of(chrome)
    assert "asked for by" in told and "alice" in told and "Low: it computes only" in told
    assert "return {'words': len(text.split())}" in told
    assert digest[7:15] not in chrome.page_source
    fill(chrome, digest[7:23], "000000" if bob.code(1) != "000000" else "111111", "Approve")
    assert "the code is not right" in chrome.find_element(By.ID, "problem").text
    assert digest not in stage.decisions
    groups = " ".join(digest[place : place + 4] for place in range(7, 23, 4))
    fill(chrome, groups.upper(), bob.code(1), "Approve")
    assert chrome.find_element(By.TAG_NAME, "h1").text == "Approved"
    assert stage.decisions[digest]["code"]["by"] == bob.name
    chrome.get(url)
    assert "has decided already" in text_of(chrome)


def test_strangers_words_stay_words_and_fit_the_screen(
    stage: Stage, person: NewPerson, codes: CodeService, chrome: Chrome
) -> None:
    bob = person()
    asked(stage, "hostile", HOSTILE)
    for kind in ("performance", "browser"):  # what the pages before said
        chrome.get_log(kind)
    chrome.get(link_for(stage, bob, "hostile", bob.code()))

    assert chrome.title.startswith("Decide about")
    assert "<script>" in text_of(chrome)
    width = chrome.execute_script("return document.documentElement.scrollWidth")  # type: ignore[no-untyped-call]
    assert width <= WIDTH
    assert [entry for entry in chrome.get_log("browser") if "favicon" not in entry["message"]] == []
    sent = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert urls and all(url.startswith(f"http://{codes.address}:{codes.port}/") for url in urls)


def test_other_digits_leave_the_code_for_another_try(
    stage: Stage, person: NewPerson, codes: CodeService, chrome: Chrome
) -> None:
    bob, digest = person(), asked(stage, "digits")
    chrome.get(link_for(stage, bob, "digits", bob.code()))
    code = bob.code(1)

    fill(chrome, "0" * 16, code, "Reject")
    assert "compare both channels" in chrome.find_element(By.ID, "problem").text
    fill(chrome, digest[7:23], code, "Reject")
    assert chrome.find_element(By.TAG_NAME, "h1").text == "Rejected"
    assert stage.decisions[digest]["code"]["decision"] == "Reject"


def test_a_link_is_needed_and_cannot_be_made_up(stage: Stage, person: NewPerson, codes: CodeService) -> None:
    bob = person()
    asked(stage, "secret")
    url = link_for(stage, bob, "secret", bob.code())
    root, _, token = url.rpartition("/")
    key, _, body = token.partition("~")
    other = "A" if body[40] != "A" else "B"
    made_up = ("", "x", key, f"{key}~", f"{key}~{'0' * 64}", f"{key}~{body[:40]}{other}{body[41:]}")

    assert "secret" not in token and bob.name not in token
    for each in (*made_up, f"{token}0000", f"{'0' * 16}~{body}", body):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{root}/{each}", timeout=10)
        assert refused.value.code == 404, each
        assert "secret" not in refused.value.read().decode()


def test_its_headers_forbid_everything_a_page_could_do(
    stage: Stage, person: NewPerson, codes: CodeService
) -> None:
    bob = person()
    asked(stage, "headers")
    with urllib.request.urlopen(link_for(stage, bob, "headers", bob.code()), timeout=10) as answer:
        headers, text = answer.headers, answer.read().decode()

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "<script" not in text and "src=" not in text and "href=" not in text


def test_a_link_is_given_to_who_may_approve_only(stage: Stage, person: NewPerson, codes: CodeService) -> None:
    bob = person()
    asked(stage, "given")

    refused = bob.cupel("codes", "link", "given", "-n", stage.namespace, "--code", "000000")
    assert refused.exit_code == 1 and "the code is not right" in refused.stderr
