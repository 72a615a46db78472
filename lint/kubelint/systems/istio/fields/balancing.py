"""Load balancing of a DestinationRule: hashing, warm-up and localities.

Source: Istio, ``pkg/config/validation/validation.go`` (``validateLoadBalancer``, ``ValidateLocalityLbSetting``); Istio
reference, "DestinationRule", ``LoadBalancerSettings`` and ``LocalityLoadBalancerSetting``.
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    duplicates,
    exclusive,
    field,
    filled,
    has,
    idle,
    known,
    mappings,
    number,
    wrong,
)
from kubelint.tree.node import Mapping, Scalar

_LARGEST_TABLE = 5_000_011


def load_balancer(policy: Mapping) -> Faults:
    """Yield what is wrong with the load balancer of a traffic policy."""
    balancer = policy.mapping("loadBalancer")
    if balancer is None:
        return
    hashing = balancer.mapping("consistentHash")
    if hashing is not None:
        yield from _hashing(hashing)
    if has(balancer, "warmup") and has(balancer, "warmupDurationSecs"):
        yield exclusive(balancer, "warmupDurationSecs", "warmup")
    elif has(balancer, "warmupDurationSecs"):
        yield _deprecated(balancer, "warmupDurationSecs", "warmup.duration")
    aggression = known(balancer.at("warmup", "aggression"))
    value = number(aggression)
    if aggression is not None and value is not None and value < 1:
        yield wrong(aggression, "aggression", "1 or more")
    if balancer.text_at("simple") == "LEAST_CONN":
        yield Fault(
            Family.DEPRECATED, field(balancer, "simple"), "`LEAST_CONN` is deprecated", "its name is `LEAST_REQUEST`",
            "write `LEAST_REQUEST`", severity=Severity.WARNING,
        )  # fmt: skip
    setting = balancer.mapping("localityLbSetting")
    if setting is not None:
        yield from locality(setting)
        if _fails_over(setting) and "outlierDetection" not in policy:
            name = "failover" if filled(setting, "failover") else "failoverPriority"
            yield idle(
                field(setting, name), f"`{name}` does nothing without `outlierDetection`",
                "nothing finds out that a locality fails", "add `outlierDetection` to the same policy",
            )  # fmt: skip


def _fails_over(setting: Mapping) -> bool:
    return filled(setting, "failover") or filled(setting, "failoverPriority")


def _hashing(hashing: Mapping) -> Faults:
    cookie = hashing.mapping("httpCookie")
    if cookie is not None:
        names = [name for entry in mappings(cookie, "attributes") if (name := known(entry.get("name"))) is not None]
        yield from duplicates(names, "attribute", "a cookie has each attribute once")
        name = cookie.scalar("name")
        if name is not None and name.text == "" and not name.opaque:
            yield wrong(name, "httpCookie.name", "the name of a cookie")
    if has(hashing, "minimumRingSize"):
        if has(hashing, "ringHash") or has(hashing, "maglev"):
            yield exclusive(hashing, "ringHash" if has(hashing, "ringHash") else "maglev", "minimumRingSize")
        yield _deprecated(hashing, "minimumRingSize", "ringHash.minimumRingSize")
    size = known(hashing.at("maglev", "tableSize"))
    value = number(size)
    if size is not None and isinstance(value, int) and value and (value >= _LARGEST_TABLE or not _is_prime(value)):
        yield wrong(size, "tableSize", f"a prime number below {_LARGEST_TABLE}")


def _is_prime(value: int) -> bool:
    return value > 1 and all(value % divisor for divisor in range(2, int(value**0.5) + 1))


def _deprecated(holder: Mapping, name: str, instead: str) -> Fault:
    return Fault(
        Family.DEPRECATED, field(holder, name), f"`{name}` is deprecated", f"`{instead}` has replaced it",
        f"write `{instead}`", severity=Severity.WARNING,
    )  # fmt: skip


def locality(setting: Mapping) -> Faults:
    """Yield what is wrong with ``localityLbSetting``: of a DestinationRule or of the mesh."""
    given = [name for name in ("distribute", "failover", "failoverPriority") if filled(setting, name)]
    if "distribute" in given and len(given) > 1:
        yield exclusive(setting, "distribute", given[1])
    origins: list[Scalar] = []
    for entry in mappings(setting, "distribute"):
        origin = known(entry.get("from"))
        if origin is not None:
            yield from _overlap(origin, origins)
            origins.append(origin)
        yield from _shares(entry)
    for entry in mappings(setting, "failover"):
        origin, target = known(entry.get("from")), known(entry.get("to"))
        for node in (origin, target):
            if node is not None and ("/" in node.text or "*" in node.text):
                yield wrong(node, "failover", "a region, without zone and without `*`")
        if origin is not None and target is not None and origin.text == target.text:
            yield Fault(
                Family.VALUE, target, f"region `{target.text}` fails over to itself", "this is where it fails",
                "name another region", ((origin, "the same region"),),
            )  # fmt: skip


def _shares(entry: Mapping) -> Faults:
    nodes = [value for _, value in entry.pairs_at("to")]
    values = [number(node) for node in nodes]
    for node, value in zip(nodes, values, strict=True):
        if isinstance(node, Scalar) and value is not None and not 1 <= value <= 100:
            yield wrong(node, "to", "a weight from 1 to 100")
    if values and None not in values:
        total = sum(value for value in values if value is not None)
        if total != 100:
            yield Fault(
                Family.VALUE, field(entry, "to"), f"the weights of a locality add up to {total:g}, not to 100",
                "Istio refuses the rule", "let them add up to 100",
            )  # fmt: skip
    localities = [key for key, _ in entry.pairs_at("to")]
    for position, key in enumerate(localities):
        yield from _overlap(key, localities[:position])


def _overlap(node: Scalar, others: list[Scalar]) -> Faults:
    for other in others:
        if node.opaque or other.opaque:
            continue
        one, two = node.text.removesuffix("*").rstrip("/"), other.text.removesuffix("*").rstrip("/")
        if one == two or one.startswith(f"{two}/") or two.startswith(f"{one}/") or "" in (one, two):
            yield Fault(
                Family.DUPLICATE, node, f"the localities `{other.text}` and `{node.text}` overlap",
                "it is not clear which one counts", "keep them apart", ((other, "the first one"),),
            )  # fmt: skip
            return
