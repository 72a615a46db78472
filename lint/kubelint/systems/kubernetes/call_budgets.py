"""What the environment says about the time that a program allows a call: ``REVIEWS_TIMEOUT`` beside ``REVIEWS_URL``.

Only variables whose name begins like the one with the host, and whose value can be nothing else, count: a duration in
Go's notation, or a number whose unit the name tells (``_MS``, ``_SECONDS``). Timeouts of other things (of connecting,
of idle connections) are no limit of a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubelint.systems.kubernetes.call_syntax import MOST_ATTEMPTS, Call
from kubelint.systems.kubernetes.duration import MILLISECOND, SECOND, parse_duration
from kubelint.tree.node import Scalar

_PLACE = re.compile(
    r"(?:_(?:SERVICE|API|GRPC|HTTP|BASE|SVC))*_(?:ADDR|ADDRESS|HOST|HOSTNAME|URL|URI|ENDPOINT|SERVER)\Z"
)
_LIMIT = re.compile(
    r"(?:_(?:SERVICE|API|GRPC|HTTP|CLIENT|CALL))*(?:_REQUEST|_READ|_RESPONSE)?_TIMEOUT(?P<unit>_[A-Z]+)?\Z"
)
_TRIES = re.compile(r"(?:_(?:SERVICE|API|GRPC|HTTP|CLIENT|CALL))*(?:_MAX)?_(?P<what>RETRIES|RETRY_COUNT|ATTEMPTS)\Z")
_UNITS = {"_MS": MILLISECOND, "_MILLIS": MILLISECOND, "_SECONDS": SECOND, "_SEC": SECOND, "_SECS": SECOND, "_S": SECOND}
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


class Variable(NamedTuple):
    """A variable that a program gets, and where its value stands."""

    name: str
    value: Scalar


def with_budgets(
    variables: Iterable[Variable], calls: Iterable[tuple[Variable, Call]]
) -> Iterator[tuple[Variable, Call]]:
    """Yield the calls that variables stand for, each with the limits that other variables of its name give."""
    found = list(calls)
    if not found:
        return
    limits: dict[str, tuple[int, Scalar]] = {}
    attempts: dict[str, tuple[int, Scalar]] = {}
    for variable in variables:
        name = variable.name.upper()
        limit, tries = _LIMIT.search(name), _TRIES.search(name)
        if limit is not None:
            time = _time(variable.value, limit["unit"])
            if time is not None:
                limits[name[: limit.start()]] = time, variable.value
        elif tries is not None and _NUMBER.match(variable.value.text):
            number = int(variable.value.text) + (0 if tries["what"] == "ATTEMPTS" else 1)
            if 1 <= number <= MOST_ATTEMPTS:
                attempts[name[: tries.start()]] = number, variable.value
    for variable, call in found:
        stem = _PLACE.sub("", variable.name.upper())
        if stem in limits:
            call.timeout, call.timeout_node = limits[stem]
        if stem in attempts:
            call.attempts, call.attempts_node = attempts[stem]
        yield variable, call


def _time(value: Scalar, unit: str | None) -> int | None:
    if value.opaque:
        return None
    if unit is not None and _NUMBER.match(value.text):
        factor = _UNITS.get(unit)
        time = None if factor is None else int(value.text) * factor
    else:
        time = parse_duration(value.text) if unit is None else None
    return time or None
