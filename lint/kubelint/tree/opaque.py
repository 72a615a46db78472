"""Values that are only known later: templates, placeholders and encrypted values.

An opaque value matches anything, is counted and is never a type error. ``$(VAR)`` is not opaque: Kubernetes and
kustomize give it a meaning that rules look into.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"""
      \{\{                        # Go templates, Jinja, Argo
    | \{%                         # Jinja statements
    | \$\{ [^}]                   # ${VAR}: shell, envsubst, Flux post-build
    | \$\[\[ | <%                 # Crossplane/Okteto, ERB
    | ^ENC\[AES256_GCM            # SOPS
    | ^\$ANSIBLE_VAULT;
    | ^(?:<[A-Za-z][\w .-]*>|@@?[A-Z][A-Z0-9_]*@@?|%[A-Z][A-Z0-9_]*%|__[A-Z][A-Z0-9_]*__)$   # fill-me-in marks
    """,
    re.VERBOSE,
)
_MARKS = frozenset("{$<@%_E")


def is_opaque(text: str) -> bool:
    """Tell whether a value holds a template or a placeholder."""
    for mark in _MARKS:
        if mark in text:
            return _PLACEHOLDER.search(text) is not None
    return False


def literal_prefix(text: str) -> str:
    """Return what stands before the first placeholder: the part of the value that is known for certain."""
    found = _PLACEHOLDER.search(text)
    return text if found is None else text[: found.start()]
