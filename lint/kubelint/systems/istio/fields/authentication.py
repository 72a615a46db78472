"""Fields of PeerAuthentications and RequestAuthentications that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidatePeerAuthentication``, ``validateJwtRule``); Istio
reference, "PeerAuthentication" and "RequestAuthentication".
"""

from __future__ import annotations

import json

from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import Faults, complete, filled, has, known, mappings, missing, wrong
from kubelint.systems.istio.model import PeerAuthentication, RequestAuthentication
from kubelint.tree.node import Mapping, Scalar

_LONGEST_KEYS = 200_000
#: Parameters of a private key. Source: RFC 7518, section 6.
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


def peer_faults(policy: PeerAuthentication) -> Faults:
    """Yield what Istio refuses in a PeerAuthentication; what CEL says is not repeated."""
    spec = policy.root.mapping("spec")
    if spec is None:
        return
    yield from common.selector(policy, spec.mapping("selector"), "matchLabels")
    ports = spec.get("portLevelMtls")
    if isinstance(ports, Mapping) and not len(ports):
        yield missing(spec, ("a port",), "`portLevelMtls`", "an empty one is refused", key=spec.key("portLevelMtls"))


def request_faults(policy: RequestAuthentication) -> Faults:
    """Yield what Istio refuses in a RequestAuthentication."""
    spec = policy.root.mapping("spec")
    if spec is None:
        return
    yield from common.selector(policy, spec.mapping("selector"), "matchLabels")
    yield from common.target_refs(policy)
    for rule in mappings(spec, "jwtRules"):
        if complete(rule) and not any(has(rule, name) for name in ("issuer", "jwksUri", "jwks_uri", "jwks")):
            yield missing(rule, ("issuer", "jwksUri"), "an entry of `jwtRules`", "nothing says who issues the tokens")
        keys = known(rule.get("jwks"))
        if keys is not None and keys_of(keys) is None:
            yield wrong(keys, "jwks", 'a set of keys in JSON: `{"keys": [ … ]}`')
        for entry in mappings(rule, "fromHeaders"):
            if complete(entry) and not filled(entry, "name") and entry.get("name") is not None:
                yield missing(entry, ("name",), "an entry of `fromHeaders`", "no header is named")


def keys_of(node: Scalar) -> list[dict[str, object]] | None:
    """Return the keys that a JWKS holds; None where it is none. A text that is too long counts as empty."""
    if len(node.text) > _LONGEST_KEYS:
        return []
    try:
        data = json.loads(node.text)
    except (ValueError, RecursionError):
        return None
    keys = data.get("keys") if isinstance(data, dict) else None
    if isinstance(data, dict) and "kty" in data:
        keys = [data]  # a single key counts as a set of one
    if not isinstance(keys, list):
        return None
    return [key for key in keys if isinstance(key, dict)]


def private_keys(policy: RequestAuthentication) -> list[tuple[Scalar, str]]:
    """Return the inline key sets that hold private material, with the parameter that gives it away."""
    found = []
    for rule in mappings(policy.root, "spec", "jwtRules"):
        node = known(rule.get("jwks"))
        for key in (keys_of(node) or []) if node is not None else []:
            name = next((name for name in _PRIVATE if name in key), None)
            if name is not None and node is not None:
                found.append((node, name))
                break
    return found
