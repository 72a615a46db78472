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
_MARK = re.compile("[{$<@%_E]")
_MEMO_LIMIT = 65_536
_memo: dict[str, bool] = {}


def is_opaque(text: str) -> bool:
    """Tell whether a value holds a template or a placeholder; memoised, because manifests repeat words."""
    known = _memo.get(text)
    if known is None:
        known = _MARK.search(text) is not None and _PLACEHOLDER.search(text) is not None
        if len(_memo) > _MEMO_LIMIT:
            _memo.clear()
        _memo[text] = known
    return known


def literal_prefix(text: str) -> str:
    """Return what stands before the first placeholder: the part of the value that is known for certain."""
    found = _PLACEHOLDER.search(text)
    return text if found is None else text[: found.start()]
