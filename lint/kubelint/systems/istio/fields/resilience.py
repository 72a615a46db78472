"""Faults that a route injects and retries that it makes.

Source: Istio, ``pkg/config/validation/validation.go`` (``validateHTTPFaultInjection``) and ``agent/validation.go``
(``ValidateHTTPRetry``); Istio reference, "VirtualService", ``HTTPFaultInjection`` and ``HTTPRetry``.
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.suggest import nearest
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    field,
    has,
    idle,
    known,
    missing,
    number,
    percentage,
    unknown,
    wrong,
)
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.words import quoted

RETRY_CONDITIONS = (
    "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream",
    "retriable-status-codes", "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure", "cancelled",
    "deadline-exceeded", "internal", "resource-exhausted", "unavailable",
)  # fmt: skip
GRPC_STATUSES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip
_STATUSES = frozenset(
    {*range(100, 104), *range(200, 209), 226, *range(300, 309), *range(400, 419), *range(421, 427), 428, 429, 431, 451,
     *range(500, 509), 510, 511}
)  # fmt: skip


def fault_faults(fault: Mapping | None) -> Faults:
    """Yield what is wrong with ``fault`` of a route."""
    if fault is None:
        return
    delay, abort = fault.mapping("delay"), fault.mapping("abort")
    if complete(fault) and fault.get("delay") is None and fault.get("abort") is None:
        yield missing(fault, ("delay", "abort"), "a fault", "nothing is injected")
    yield from percentage(delay)
    yield from percentage(abort)
    if delay is not None:
        yield from _delay(fault, delay)
    if abort is None:
        return
    status = known(abort.get("httpStatus"))
    value = number(status)
    if status is not None and value is not None and not 200 <= value <= 600:
        yield wrong(status, "httpStatus", "a status from 200 to 600")
    grpc = known(abort.get("grpcStatus"))
    if grpc is not None and grpc.text not in GRPC_STATUSES:
        yield unknown(grpc, "status of gRPC", GRPC_STATUSES)
    if has(abort, "http2Error"):
        yield _unsupported(abort, "http2Error")
    if complete(abort) and not any(has(abort, name) for name in ("httpStatus", "grpcStatus", "http2Error")):
        yield idle(
            field(fault, "abort"), "an abort without status does nothing", "neither `httpStatus` nor `grpcStatus`",
            "add `httpStatus`",
        )  # fmt: skip


def _delay(fault: Mapping, delay: Mapping) -> Faults:
    percent = known(delay.get("percent"))
    share = number(percent)
    if percent is not None:
        if share is not None and not 0 <= share <= 100:
            yield wrong(percent, "percent", "a percentage from 0 to 100")
        yield Fault(
            Family.DEPRECATED, field(delay, "percent"), "`percent` is deprecated", "`percentage` has replaced it",
            f"write `percentage: {{value: {percent.text}}}`", severity=Severity.WARNING,
        )  # fmt: skip
    if has(delay, "exponentialDelay"):
        yield _unsupported(delay, "exponentialDelay")
    elif complete(delay) and not has(delay, "fixedDelay"):
        yield missing(delay, ("fixedDelay",), "a delay", "nothing says how long", key=field(fault, "delay"))


def _unsupported(holder: Mapping, name: str) -> Fault:
    return Fault(
        Family.VALUE, field(holder, name), f"`{name}` is not supported", "Istio refuses it", f"remove `{name}`"
    )


def retry_faults(retries: Mapping | None) -> Faults:
    """Yield what is wrong with ``retries`` of a route."""
    if retries is None:
        return
    node: Node | None = retries.get("attempts")
    attempts = number(node)
    if isinstance(node, Scalar) and attempts is not None and attempts < 0:
        yield wrong(node, "attempts", "0 or more")
    if (attempts == 0 or node is None or (isinstance(node, Scalar) and node.is_null)) and complete(retries):
        for name in ("perTryTimeout", "retryOn", "retryRemoteLocalities"):
            if has(retries, name):
                yield Fault(
                    Family.MISSING, retries.key("attempts") or field(retries, name),
                    f"`{name}` is refused without `attempts`", "how often to retry is not said, or never",
                    "set `attempts` to 1 or more",
                    () if retries.key("attempts") is None else ((field(retries, name), "set here"),),
                )  # fmt: skip
                break
    conditions = known(retries.get("retryOn"))
    if conditions is None:
        return
    for part in conditions.text.split(","):
        if part in RETRY_CONDITIONS or (part.isascii() and part.isdigit() and int(part[:9]) in _STATUSES):
            continue
        if part.strip() in RETRY_CONDITIONS:
            yield wrong(conditions, "retryOn", f"without blanks: ` {part.strip()}` is not read")
            continue
        if part.strip() == "":
            yield wrong(conditions, "retryOn", "conditions with one comma between them")
            continue
        near = next(iter(nearest(part.strip(), RETRY_CONDITIONS)), None)
        yield Fault(
            Family.VALUE, conditions, f"{quoted(part.strip())} is no condition for retries",
            f"did you mean `{near}`?" if near else "neither a condition of Envoy nor a status of HTTP",
            f"write `{near}`" if near else "write `5xx`, `connect-failure`, `gateway-error` …",
        )  # fmt: skip
