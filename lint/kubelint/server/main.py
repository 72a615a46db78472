"""The protocol: each module takes its requests when it is imported, puts them to a session and sends its values."""

from __future__ import annotations

from kubelint.server import actions, life, navigation, outline
from kubelint.server.app import server

__all__ = ["actions", "life", "navigation", "outline", "server"]
