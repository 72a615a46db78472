"""Names, label keys and label values, as the API server accepts them.

Each function takes a text and returns what is wrong with it as a clause (``has a capital letter``), or None where it is
right.

Source: Kubernetes documentation, "Object Names and IDs" and "Labels and Selectors"; RFC 1123; RFC 6335, section 5.1
(names of ports); API reference, ConfigMap and EnvVar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

LONGEST_LABEL = 63
LONGEST_SUBDOMAIN = 253
LONGEST_PORT_NAME = 15
#: Manifests repeat names: so many answers are remembered by each function.
_REMEMBERED = 16_384

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\Z", re.ASCII)
_STRAY = re.compile(r"[^-a-z0-9]", re.ASCII)
_STRAY_DOTTED = re.compile(r"[^-a-z0-9.]", re.ASCII)
_QUALIFIED = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?\Z", re.ASCII)
_STRAY_QUALIFIED = re.compile(r"[^-A-Za-z0-9_.]", re.ASCII)
_STRAY_KEY = re.compile(r"[^-._a-zA-Z0-9]", re.ASCII)
_STRAY_VARIABLE = re.compile(r"[^ -<>-~]", re.ASCII)
_STRAY_STRICT_VARIABLE = re.compile(r"[^-._a-zA-Z0-9]", re.ASCII)
_LETTER = re.compile(r"[a-z]", re.ASCII)


@lru_cache(maxsize=_REMEMBERED)
def dns_label(text: str) -> str | None:
    """Judge a DNS label name: lower case letters, digits and dashes, at most 63 characters."""
    if len(text) > LONGEST_LABEL:
        return f"has {len(text)} characters, {LONGEST_LABEL} are allowed"
    return None if _LABEL.match(text) else _stray(text, _STRAY) or _ends(text)


@lru_cache(maxsize=_REMEMBERED)
def dns_subdomain(text: str) -> str | None:
    """Judge a DNS subdomain name: DNS labels with dots between them, at most 253 characters in all."""
    if len(text) > LONGEST_SUBDOMAIN:
        return f"has {len(text)} characters, {LONGEST_SUBDOMAIN} are allowed"
    for label in text.split("."):
        if not _LABEL.match(label):
            empty = "has nothing between two dots or at an end"
            return _stray(text, _STRAY_DOTTED) or (_ends(label) if label else empty)
    return None


def path_segment(text: str) -> str | None:
    """Judge a name that need only fit into a path, as those of roles do."""
    if text in (".", ".."):
        return "is a path of its own"
    found = next((mark for mark in ("/", "%") if mark in text), None)
    return None if found is None else f"has a `{found}`"


def generate_name(judge: Callable[[str], str | None], text: str) -> str | None:
    """Judge a prefix that the server puts five characters behind."""
    return judge(text + "x")


@lru_cache(maxsize=_REMEMBERED)
def port_name(text: str) -> str | None:
    """Judge the name of a port: at most 15 lower case letters, digits and dashes, and at least one letter."""
    if len(text) > LONGEST_PORT_NAME:
        return f"has {len(text)} characters, {LONGEST_PORT_NAME} are allowed"
    if not _LABEL.match(text):
        return _stray(text, _STRAY) or _ends(text)
    if "--" in text:
        return "has two dashes in a row"
    return None if _LETTER.search(text) else "has no letter"


@lru_cache(maxsize=_REMEMBERED)
def label_key(text: str) -> str | None:
    """Judge the key of a label or a taint: a name, with an optional domain and a slash before it."""
    prefix, slash, name = text.rpartition("/")
    if slash and "/" in prefix:
        return "has more than one `/`"
    if slash:
        fault = dns_subdomain(prefix) if prefix else "is empty"
        if fault is not None:
            return f"has a domain that {fault}"
    if not name:
        return "has no name behind the `/`" if slash else "is empty"
    return label_value(name)


@lru_cache(maxsize=_REMEMBERED)
def annotation_key(text: str) -> str | None:
    """Judge the key of an annotation: that of a label, but its domain may have capital letters."""
    return label_key(text.lower())


@lru_cache(maxsize=_REMEMBERED)
def label_value(text: str) -> str | None:
    """Judge the value of a label: empty, or at most 63 letters, digits, dashes, underscores and dots."""
    if len(text) > LONGEST_LABEL:
        return f"has {len(text)} characters, {LONGEST_LABEL} are allowed"
    if not text or _QUALIFIED.match(text):
        return None
    return _stray(text, _STRAY_QUALIFIED) or "must begin and end with a letter or a digit"


@lru_cache(maxsize=_REMEMBERED)
def data_key(text: str) -> str | None:
    """Judge a key of a ConfigMap or Secret, which becomes the name of a file."""
    if len(text) > LONGEST_SUBDOMAIN:
        return f"has {len(text)} characters, {LONGEST_SUBDOMAIN} are allowed"
    if not text:
        return "is empty"
    if text == "." or text.startswith(".."):
        return "is no name of a file"
    return _stray(text, _STRAY_KEY)


def variable_name(text: str, *, relaxed: bool = True) -> str | None:
    """Judge the name of an environment variable; ``relaxed``: since version 1.32 all but control characters and ``=``.

    A name with a blank is right for the API server then, and wrong for every shell: it is judged as before.
    """
    if relaxed and " " not in text:
        return _stray(text, _STRAY_VARIABLE)
    stray = _stray(text, _STRAY_STRICT_VARIABLE)
    return stray or ("begins with a digit" if text[:1].isdigit() else None)


def _stray(text: str, pattern: re.Pattern[str]) -> str | None:
    """Return the clause for the first character that a name may not have."""
    found = pattern.search(text)
    if found is None:
        return None
    character = found[0]
    if character.isspace():
        return "has a blank"
    if character.isascii() and character.isupper():
        return "has a capital letter"
    return f"has a `{character}`"


def _ends(text: str) -> str:
    if not text:
        return "is empty"
    return "begins with a dash" if text.startswith("-") else "ends with a dash"
