"""The annotation ``kubelint.io/calls``: which Services a program calls, and what it allows each call.

What no manifest holds, because it stands in the program, is said on the workload or on its pod template, or for all
workloads under ``calls`` in the configuration::

    kubelint.io/calls: reviews timeout=3s retries=1, details timeout=3s sequential, ratings.prod:9080

    annotation = call *( "," call )
    call       = service *( service / parameter / order )   separated by blanks or line ends
    service    = a host name or URL as the program uses it: reviews, reviews:9080, reviews.prod, http://reviews/
    parameter  = "timeout=" duration / "retries=" number / "attempts=" number / "pause=" duration
    order      = "parallel" / "sequential"

``timeout`` is how long the program itself waits for one attempt, in Go's notation (``500ms``, ``1m30s``); ``retries``
is how often it tries again, ``attempts`` how often it tries in all (a loop of two is ``attempts=2`` or ``retries=1``),
and ``pause`` how long it waits in between. ``sequential`` says that the call starts when those before it are over,
``parallel`` that it does not. Parameters belong to the Service before them. What is not written down is unknown: no
limit, one attempt, no pause, any order. What cannot be read becomes a problem, and the rest still counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kubelint.source import Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes.duration import parse_duration
from kubelint.systems.kubernetes.model import CALLS
from kubelint.tree.node import Scalar
from kubelint.words import cut

PARAMETERS = ("timeout", "retries", "attempts", "pause")
ORDERS = ("parallel", "sequential")
MOST_CALLS = 200
MOST_ATTEMPTS = 1_000
LONGEST_VALUE = 2_048

HOST = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^\s/@]*@)?(?P<host>[a-z0-9](?:[-a-z0-9.]{0,252}[a-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/\S*)?$"
)
_TOKEN = re.compile(r"[^\s,]+|,")
_NUMBER = re.compile(r"[0-9]{1,9}\Z")


@dataclass(slots=True)
class Call:
    """The detail of a ``calls`` reference: where it is said, and what the caller itself allows the call.

    ``via`` is the name of the variable, of the annotation or of what else says so; ``host`` the host as it stands
    there. ``timeout`` is the time in nanoseconds that one attempt may take (None: not declared), ``attempts`` the
    number of attempts, ``pause`` the time between two of them; ``sequential`` whether it waits for the calls before it
    (None: not declared). The nodes are the values.
    """

    via: str
    host: str
    timeout: int | None = None
    attempts: int = 1
    pause: int = 0
    sequential: bool | None = None
    timeout_node: Scalar | None = None
    attempts_node: Scalar | None = None
    pause_node: Scalar | None = None

    @property
    def budgeted(self) -> bool:
        """Whether the caller declares anything beyond the call itself."""
        return self.timeout_node is not None or self.attempts_node is not None or self.sequential is not None


@dataclass(slots=True)
class CallsAnnotation:
    """What an annotation says: the calls that could be read, each with the node of its host, and the problems.

    A problem is a place, what is wrong there, and what to write instead.
    """

    calls: list[tuple[Scalar, Call]] = field(default_factory=list)
    problems: list[tuple[Span, str, str]] = field(default_factory=list)


def parse_calls(annotation: Scalar) -> CallsAnnotation:
    """Read an annotation; never raises. The grammar is in the documentation of this module."""
    result = CallsAnnotation()
    current: Call | None = None
    fresh = True  # nothing of this call has been read yet
    hosts: set[str] = set()
    for token in _TOKEN.finditer(annotation.text):
        text, span = token[0], annotation.part(token.start(), token.end())
        if text == ",":
            current, fresh = None, True
            continue
        if "=" in text and "://" not in text:
            if current is not None:
                _read_parameter(annotation, token.start(), text, current, result)
            elif fresh:
                result.problems.append(
                    (
                        span,
                        f"`{text}` stands before the Service that it is about",
                        "write the Service first: `reviews timeout=3s`",
                    )
                )
            continue
        if text in ORDERS and current is not None:
            _read_order(span, text, current, result)
            continue
        current, fresh = None, False
        found = HOST.match(text) if len(text) <= LONGEST_VALUE else None
        if found is None:
            result.problems.append(
                (
                    span,
                    f"`{cut(text)}` is no host name",
                    "write the name of a Service: `reviews` or `reviews.prod:9080`",
                )
            )
        elif found["host"] in hosts:
            result.problems.append(
                (span, f"`{cut(text)}` is named twice", "name each Service once, with all its parameters")
            )
        elif len(result.calls) >= MOST_CALLS:
            result.problems.append(
                (span, f"more than {MOST_CALLS} calls are not read", "split the workload, or leave calls out")
            )
            break
        else:
            hosts.add(found["host"])
            current = Call(CALLS, found["host"])
            result.calls.append((_piece(annotation, token.start(), found["host"], found.start("host")), current))
    return result


def _read_order(span: Span, text: str, call: Call, result: CallsAnnotation) -> None:
    if call.sequential is not None:
        result.problems.append((span, "the order of one call is set twice", "write `parallel` or `sequential` once"))
    else:
        call.sequential = text == "sequential"


def _read_parameter(annotation: Scalar, start: int, text: str, call: Call, result: CallsAnnotation) -> None:
    name, _, value = text.partition("=")
    span = annotation.part(start, start + len(text))
    node = _piece(annotation, start, value, len(name) + 1)
    place = node.span if value else span

    def problem(where: Span, message: str, advice: str) -> None:
        result.problems.append((where, message, advice))

    if name in ("timeout", "pause"):
        duration = parse_duration(value)
        if (call.timeout_node if name == "timeout" else call.pause_node) is not None:
            problem(span, f"`{name}` is set twice for one call", "set it once")
        elif duration is None or duration <= 0:
            problem(place, f"`{cut(value)}` is no duration above zero", "write a duration: `3s`, `500ms` or `1m30s`")
        elif name == "timeout":
            call.timeout, call.timeout_node = duration, node
        else:
            call.pause, call.pause_node = duration, node
    elif name in ("attempts", "retries"):
        least = 1 if name == "attempts" else 0
        number = int(value) if _NUMBER.match(value) else -1
        if call.attempts_node is not None:
            problem(span, "the number of attempts is set twice for one call", "keep one of `attempts` and `retries`")
        elif not least <= number <= MOST_ATTEMPTS:
            included = ", the first attempt included" if name == "attempts" else ", the first attempt not included"
            advice = f"write a number from {least} to {MOST_ATTEMPTS}{included}"
            problem(place, f"`{cut(value)}` is no number of {name}", advice)
        else:
            call.attempts, call.attempts_node = number + 1 - least, node
    else:
        meant = did_you_mean(nearest(name, PARAMETERS))
        known = ", ".join(f"`{parameter}`" for parameter in PARAMETERS[:-1]) + f" or `{PARAMETERS[-1]}`"
        problem(span, f"a call has no parameter `{cut(name)}`" + (f"; {meant}" if meant else ""), f"write {known}")


def _piece(annotation: Scalar, start: int, text: str, offset: int) -> Scalar:
    """Return a part of the annotation as a node of its own, so that a finding stands at that very part."""
    span = annotation.part(start + offset, start + offset + len(text))
    return Scalar(span.file, span.start, span.end, text)
