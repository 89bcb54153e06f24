"""The analyser in a limited child process: untrusted bytes never meet the caller's memory."""

from __future__ import annotations

from .parent import Limits, assay, assay_now

__all__ = ["Limits", "assay", "assay_now"]
