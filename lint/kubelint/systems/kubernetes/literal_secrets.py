"""Secrets that are written down: values that are one for certain, and values of names that promise one.

A false alarm costs more than a missed secret: what is a placeholder, a reference, a path, a switch or a number is none.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.secret_names import secret_names

_WORD_BREAK = re.compile(r"[_\-. ]+|(?<=[a-z0-9])(?=[A-Z])")
_SWITCHES = frozenset({"", "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"})
_PASSWORDS = ("password", "passwd", "passphrase", "pwd")
_SHORTEST_PASSWORD = 4
_LONGEST_URL = 4096


def literal_secret(name: str, value: Scalar) -> str | None:
    """Return what kind of secret a value is, as a noun with article; None where it is none or nobody can tell."""
    text = value.text
    if _is_private_key(text):
        return "a private key"
    if value.opaque or "\n" in text.strip() or "$(" in text:
        return None
    if _has_password(text):
        return "a URL with a password"
    if not promises_secret(name) or _is_harmless(text) or _repeats(name, text):
        return None
    number = text.strip().lstrip("-").replace(".", "", 1).isdigit()
    password = name.lower().endswith(_PASSWORDS) and len(text.strip()) >= _SHORTEST_PASSWORD
    return None if number and not password else "a secret"


def promises_secret(name: str) -> bool:
    """Tell whether a name promises a secret: ``DB_PASSWORD`` does, ``DB_PASSWORD_FILE`` and ``PUBLIC_KEY`` do not."""
    facts = secret_names()
    words = [word.lower() for word in _WORD_BREAK.split(name) if word]
    if "_".join(words) in facts.names:
        return True
    if not words or words[-1] in facts.harmless_last or not facts.harmless.isdisjoint(words):
        return False
    if words[-1] == "key" and len(words) > 1 and words[-2] in facts.words - {"secret", "secrets"}:
        return False  # TOKEN_KEY, PASSWORD_KEY: the key under which it is kept
    return any(_promises(word) for word in words) or any(pair in facts.pairs for pair in pairwise(words))


def _promises(word: str) -> bool:
    """Tell whether a word promises a secret, also at the end of words that are written together (``DBPASSWORD``)."""
    words = secret_names().words
    return word in words or word.endswith((*_PASSWORDS, "apikey"))


def _is_harmless(text: str) -> bool:
    facts = secret_names()
    low = text.strip().lower()
    if low in _SWITCHES:
        return True
    if low.startswith(("/", "./", "../", "~/", "$", *facts.references)) or set(low) <= set("*.-_ "):
        return True
    if low.replace("-", "").replace("_", "").lstrip("<[({").startswith(facts.placeholders):
        return True
    return "://" in low


def _repeats(name: str, text: str) -> bool:
    """Tell whether a value only says the name again, as something to be replaced: ``API_KEY: API_KEY_VALUE``."""
    return "_" in name and name.lower() in text.lower().replace("-", "_")


def _is_private_key(text: str) -> bool:
    start = text.find("-BEGIN ")
    return start >= 0 and "PRIVATE KEY-" in text[start : start + 60]


def _has_password(text: str) -> bool:
    """Tell whether a text is a URL that carries a password."""
    if "://" not in text or "@" not in text or len(text) > _LONGEST_URL:
        return False
    try:
        password = urlsplit(text).password
    except ValueError:
        return False
    return bool(password) and not _is_harmless(password or "")
