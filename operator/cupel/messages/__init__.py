"""Sending short texts to people over any channel that an apprise URL names: mail, chat, webhooks."""

from .sending import Send, send
from .transports import UnusableUrl, transport

__all__ = ["Send", "UnusableUrl", "send", "transport"]
