"""What the type of a Secret asks of its data.

Source: Kubernetes documentation, "Secrets", section "Types of Secret".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.suggest import nearest
from kubelint.systems.kubernetes.encoded import decode
from kubelint.systems.kubernetes.model import Secret
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.opaque import is_opaque

_DOCKER_CONFIG, _DOCKER_CFG = ".dockerconfigjson", ".dockercfg"
_ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name"
#: Type to groups of keys, of each of which one must be there.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kubernetes.io/tls": (("tls.crt",), ("tls.key",)),
    "kubernetes.io/dockerconfigjson": ((_DOCKER_CONFIG,),),
    "kubernetes.io/dockercfg": ((_DOCKER_CFG,),),
    "kubernetes.io/basic-auth": (("username", "password"),),
    "kubernetes.io/ssh-auth": (("ssh-privatekey",),),
}
_TYPES = frozenset({*_KEYS, "kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token", "Opaque"})


class TypeFault(NamedTuple):
    """What does not fit the type: a clause for the headline, the node to blame, and whether it is refused."""

    node: Node
    headline: str
    label: str
    help: str
    refused: bool = True
    meant: str | None = None


def type_faults(secret: Secret) -> Iterator[TypeFault]:
    """Yield what the data of a Secret lacks for its type, and what cannot be what the type says."""
    node = secret.root.scalar("type")
    if node is None or node.opaque:
        return
    if node.text not in _TYPES:
        yield from _misspelt(node)
        return
    if node.text == "kubernetes.io/service-account-token":
        annotation = secret.annotation(_ACCOUNT_ANNOTATION)
        if annotation is None or not annotation.text:
            yield TypeFault(
                node,
                f"a token Secret lacks the annotation `{_ACCOUNT_ANNOTATION}`",
                "the token of which ServiceAccount?",
                f"add `{_ACCOUNT_ANNOTATION}`",
            )
        return
    values = _values(secret)
    if not values:
        return  # somebody else fills it in
    for choice in _KEYS.get(node.text, ()):
        if not any(name in values for name in choice):
            near = nearest(choice[0], values)
            words = " or ".join(f"`{name}`" for name in choice)
            place: Node = next((key for key, _ in _pairs(secret) if near and key.text == near[0]), node)
            yield TypeFault(
                place,
                f"a Secret of type `{node.text}` lacks the key {words}",
                f"did you mean {words}?" if near else "the type needs it",
                f"rename it to {words}" if near else f"add {words}, or use the type `Opaque`",
            )
    for name in (_DOCKER_CONFIG, _DOCKER_CFG):
        if name in values and any(name in choice for choice in _KEYS.get(node.text, ())):
            yield from _docker_faults(name, *values[name])


def _misspelt(node: Scalar) -> Iterator[TypeFault]:
    """Yield the fault of a type that is none of Kubernetes although it says so, and of a near miss of one that is."""
    near = nearest(node.text, _TYPES)
    if node.text.lower() == "opaque" or not (near or node.text.startswith("kubernetes.io/")):
        return
    yield TypeFault(
        node,
        f"there is no type of Secret `{node.text}`",
        f"did you mean `{near[0]}`?" if near else "nobody looks for this type",
        f"write `{near[0]}`" if near else "use a type of your own domain, or `Opaque`",
        refused=False,
        meant=near[0] if len(near) == 1 else None,
    )


def _pairs(secret: Secret) -> Iterator[tuple[Scalar, Node]]:
    for section in ("data", "stringData"):
        yield from secret.root.pairs_at(section)


def _values(secret: Secret) -> dict[str, tuple[Node, bool]] | None:
    """Return key to value and whether it is base64; None where not all keys are known."""
    found: dict[str, tuple[Node, bool]] = {}
    for section in ("data", "stringData"):
        holder = secret.root.at(section)
        if isinstance(holder, Mapping):
            for key, value in holder.pairs():
                if key.opaque:
                    return None
                found[key.text] = value, section == "data"
        elif isinstance(holder, Scalar) and holder.opaque:
            return None
    return found


def _docker_faults(name: str, node: Node, is_base64: bool) -> Iterator[TypeFault]:
    if not isinstance(node, Scalar) or _is_hidden(node) or not node.text.strip():
        return
    raw = decode(node) if is_base64 else node.text.encode()
    if raw is None:
        return  # no base64: that is said elsewhere
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        text = raw.decode(errors="replace").strip()
        inner = " (it is encoded twice)" if text.startswith("ey") else ""
        yield TypeFault(
            node, f"the value of `{name}` is no JSON", f"not readable{inner}", "put a whole docker `config.json` there"
        )
        return
    if name == _DOCKER_CONFIG and content != {} and (not isinstance(content, dict) or "auths" not in content):
        yield TypeFault(
            node,
            f"the value of `{name}` has no `auths`",
            "no registry is logged in to",
            'write `{"auths": {"registry": {…}}}`',
            refused=False,
        )


def _is_hidden(node: Scalar) -> bool:
    """Tell whether the value is only known later; the ends of two JSON objects (``}}``) are no placeholder."""
    return node.opaque and (node.tag is not None or is_opaque(node.text.replace("}}", "} }")))
