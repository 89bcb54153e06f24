"""Wishes that no tool may come of: secrets, sending data away, attacks, malware, getting round approval, orders to us.

A filter for the template path only, and no boundary: what is made passes every gate, two people and a sandbox without a
way out all the same. What it says names the kind and nothing that would help to word the wish otherwise.
"""
# ruff: noqa: E501  # one kind of attempt is one row

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from .heard import unspoken

_SECRETS = (
    r"(?:pass ?words?|passwds?|passphrases?|credentials?|(?:api|private|secret|ssh|access|signing|encryption) ?keys?|secrets|cookies|"
    r"(?:api|auth|access|bearer|session|service ?account|refresh|kubernetes|oauth|login|jwt) ?tokens?|(?:keys?|secrets?) and tokens?|tokens? of|"
    r"card numbers?|cvv|pin codes?|seed phrases?|login data|logins and|hasl\w*|danych? (?:logowania|uwierzytelnia\w+)|klucz\w* (?:api|prywatn\w+)|tajemnic\w*|"
    r"senhas?|palavras? ?-?passe|credenciais|chaves? (?:de )?(?:api|privadas?|acesso)|segredos)"
)
_TAKE = (
    r"(?:steal\w*|stolen|dump\w*|collect\w*|harvest\w*|read\w*|extract\w*|track\w*|log|logs|send\w*|upload\w*|post|posts|exfiltrat\w*|reveal\w*|show|print\w*|"
    r"crack\w*|guess\w*|list|get|gets|grab\w*|find\w*|fetch\w*|leak\w*|copy|record\w*|intercept\w*|capture\w*|sniff\w*|pull\w*|scrape\w*|recover\w*|forward\w*|"
    r"kra\w{2,6}|ukra\w+|wykra\w+|wyciag\w+|wyslij|wysyl\w+|zbier\w+|pobier\w+|pobra\w+|odczyt\w+|sledz\w+|pokaz\w*|zlam\w+|przechwy\w+|"
    r"roub\w+|extra\w+|envi\w+|recolh\w+|ler|mostr\w+|obter|captur\w+|revel\w+|quebrar|copiar)"
)
_AWAY = r"(?:send\w*|upload\w*|post|posts|forward\w*|mail\w*|exfiltrat\w*|leak\w*|ship\w*|transmit\w*|wyslij|wysyl\w+|przesl\w+|przesyl\w+|envi\w+|mandar|carreg\w+)"
_INNER = (
    r"(?:environment variables?|env vars?|zmienn\w+ srodowiskow\w+|variaveis de ambiente|/etc/\w+|~/\.\w+|id_rsa|kubeconfig|service ?account|"
    r"(?:other|another|all|every) (?:tenant|user|customer|namespace)s?'?s?|inn\w+ (?:najemc\w+|uzytkownik\w+)|outros? (?:inquilinos?|utilizador\w*|usuarios?)|conversations?|chat history|system prompts?|memory of)"
)
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("secrets", (
        rf"\b{_TAKE}\b.{{0,60}}\b{_SECRETS}\b",
        rf"\b{_SECRETS}\b.{{0,60}}\b{_AWAY}\b",
        r"\b(?:stolen|leaked|hacked|skradzion\w+|wykradzion\w+|roubad\w+)\b",
    )),
    ("data of others", (
        rf"\b{_AWAY}\b.{{0,80}}{_INNER}",
        rf"{_INNER}.{{0,80}}\b{_AWAY}\b",
        rf"\b{_TAKE}\b.{{0,40}}(?:environment variables?|env vars?|zmienn\w+ srodowiskow\w+|variaveis de ambiente|/etc/(?:shadow|passwd)|~/\.ssh|~/\.aws|id_rsa|kubeconfig|service ?account)",
        r"\bspy(?:ing)? on\b|\bstalk\w*\b|\bwithout (?:their|his|her|anyone'?s?) (?:knowledge|consent|knowing)\b|\bbez (?:ich|jego|jej) wiedzy\b|\bsem (?:o seu|que ele\w*|que saib\w+|conhecimento)\b",
    )),
    ("attacks on systems", (
        r"\b(?:port|vulnerabilit\w+|network|subnet|host)s? ?-?scan\w*|\bscan\w*\b.{0,40}\b(?:ports?|hosts?|networks?|subnets?|vulnerabilit\w+)\b|\bnmap\b|\bmasscan\b",
        r"\bskan\w+\b.{0,40}\b(?:port\w*|host\w*|siec\w*|podsiec\w*)|\bprzeskan\w+.{0,40}\b(?:port\w*|host\w*|siec\w*)|\b(?:varr\w+|escane\w+|analisar)\b.{0,40}\b(?:portas?|hosts?|redes?)\b",
        r"\bbrute ?-?forc\w*|\bcredential stuffing\b|\bpassword spray\w*|\bsil\w+ logowani\w*|\bforca bruta\b|\bsql ?-?injection\b|\bxss\b|\bcross ?-?site script\w*|\bexploit\w*\b|\bzero ?-?day\b|\bprivilege escalat\w*|\bprompt injection\b",
        r"\bd?dos\b.{0,20}\battack|\bddos\b|\bdenial of service\b|\bflood\w*\b.{0,40}\b(?:host|server|site|service|request\w*|api)|\bzalej?\b.{0,30}\bzadan\w+|\binund\w+\b.{0,40}\b(?:servidor\w*|pedidos|site)|\bhack\w*\b|\bwlam\w+ sie\b|\binvad\w+\b.{0,30}\b(?:conta\w*|sistema\w*|servidor\w*|rede\w*)|\bbotnet\w*",
        r"\breverse ?-?shells?\b|\bbackdoors?\b|\b(?:run|execute|exec|spawn|open)\b.{0,30}\b(?:shell|arbitrary code|system commands?|bash|subprocess)|\bos\.system\b|\bsubprocess\b|\brm -rf\b|\b(?:eval|exec)\(|\bescape\b.{0,20}\b(?:sandbox|container|jail)|\bbreak out\b|\bcurl\b.{0,60}\|",
        r"\bspoof\w*\b|\bphish\w*|\bscam\w*\b|\bimpersonat\w+|\bpodszyw\w+ sie\b|\bfake (?:login|invoice|bank|id)\w*\b",
    )),
    ("malware", (
        r"\bkey ?-?logg\w+|\bkeystrokes?\b.{0,40}\b(?:mail|send|record|log|captur)\w*|\bransom\w*|\bmalware\b|\btrojan\w*|\brootkits?\b|\bspyware\b|\bshellcode\b|\bcomputer worms?\b|\bviruses\b|\b(?:crypto)? ?-?miner\b|\bcryptojack\w*|\bokup\w*\b|\bzlosliw\w+ oprogramowani\w*|\bstealer\b|\bwirus komputerow\w+|\bpayload\w*\b.{0,20}\b(?:deliver|drop|encod)\w*",
    )),
    ("getting round approval or policy", (
        r"\b(?:bypass\w*|circumvent\w*|skip\w*|avoid\w*|evad\w+|disabl\w+|get(?:s|ting)? (?:round|around|past)|turn off|switch off|no need for|override\w*|defeat\w*)\b.{0,60}\b(?:approv\w*|review\w*|reviewers?|audit\w*|policy|policies|two people|gates?|sandbox\w*|admission|quotas?|rate limit\w*|egress|guard ?rails?)\b",
        r"\bwithout (?:the |any |an? |your |two )*(?:approv\w*|reviewers?|audit\w*|people|second person)\b",
        r"\bapprov\w+\b.{0,30}\b(?:itself|its own|it ?self|themselves|this tool|the tool|every ?thing|all tools|automatically|on behalf)\b|\bself ?-?approv\w*|\bauto ?-?approv\w*",
        r"\b(?:obej\w+|obchodz\w+|omi[nj]\w+|pomi[nj]\w+|wylacz\w+|bez)\b.{0,50}\b(?:zatwierdz\w+|akceptac\w+|zgod\w*|audyt\w*|przeglad\w* kodu|zabezpiecz\w+|polityk\w*|dwoch osob)\b|\b(?:zatwierdz\w*|zaakceptuj)\b.{0,30}\bnarzedzi\w*",
        r"\b(?:contorn\w+|ignor\w+|salt\w+|evit\w+|desativ\w+|desligar|burl\w+|sem)\b.{0,50}\b(?:aprovac\w+|revis\w+|auditoria|politica\w*|duas pessoas|seguranca)\b|\baprov[ae]\w*\b.{0,30}\bferramenta\w*",
        r"\b(?:captcha|paywall|drm|license|licence)\w*\b.{0,20}\b(?:bypass|solv|crack|break)\w*|\b(?:bypass|solv|crack|break|remov)\w*\b.{0,20}\b(?:captcha|paywall|drm|licen[sc]e)\w*",
    )),
    ("orders to whoever reads it", (
        r"\b(?:ignor\w*|disregard\w*|forget|overrid\w+|zignoruj\w*|zapomnij|pomin|esquec\w+|desconsider\w+)\b.{0,40}\b(?:instructions?|prompts?|rules|orders|guidelines|context|instrukcj\w*|polecen\w*|zasad\w*|instruc\w+|ordens|regras)\b",
        r"\byou are (?:now|no longer)\b|\bdeveloper mode\b|\bjailbreak\w*|\bact as (?:the |an? )?(?:admin\w*|system|root|approver)\b|\bsystem prompt\b|\bpretend (?:to be|that you)\b|\bjestes teraz\b|\bagora (?:es|voce e)\b|\bdo anything now\b",
        r"^\s*(?:system|assistant|developer|\[?inst\]?)\s*[:>\]]|<\|?\s*(?:im_start|im_end|system|endoftext)|\[/?inst\]|</?(?:system|instructions?)>|#+ ?(?:system|instructions?)\b",
    )),
)  # fmt: skip
_PLACES = ("localhost", "metadata.google.internal", "kubernetes.default")
_INSIDE = (".internal", ".local", ".localhost", ".svc", ".cluster.local", ".lan", ".home.arpa")
_HOST = re.compile(
    r"(?:https?|ftp|file|gopher|ldap)://(?:[^\s/@]{0,64}@)?\[?([^\s/\]?#]{1,255})", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")


def refused_because(wish: str) -> str:
    """Why no tool may come of a wish: one sentence naming the kind; empty for a wish that shows nothing of that."""
    kind = _kind(wish)
    return f"The wish asks for what no tool may do here ({kind})." if kind else ""


def _kind(wish: str) -> str:
    if _disguised(wish):
        return "text that hides what it says"
    plain = " ".join(unspoken(wish).split())
    for kind, patterns in _KINDS:
        if any(_compiled(pattern).search(plain) for pattern in patterns):
            return kind
    return "addresses that tools may not reach" if _inward(wish) else ""


def _disguised(wish: str) -> bool:
    """True when a word mixes Latin letters with ones that look like them, or the text has reordering or tag characters."""
    if any(
        "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" or "\U000e0000" <= c <= "\U000e007f"
        for c in wish
    ):
        return True
    words = (word for word in wish.split() if not word.isascii())
    return any(len({s for c in word if c.isalpha() and (s := _script(c))}) > 1 for word in words)


@lru_cache(4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return name if name in {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"} else ""


def _inward(wish: str) -> bool:
    """True for a URL or address that lies in a private network, this machine or the cluster."""
    hosts = [host.rsplit(":", 1)[0] if host.count(":") == 1 else host for host in _HOST.findall(wish)]
    return any(map(_is_inside, [*hosts, *_ADDRESS.findall(wish)]))


def _is_inside(host: str) -> bool:
    name = host.rstrip(".").casefold()
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        odd = bool(re.fullmatch(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*", name))
        return odd or name in _PLACES or name.endswith(_INSIDE) or "." not in name


@lru_cache(64)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
