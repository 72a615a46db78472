"""proxy/no-proxy-form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import NamedTuple

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import EnvironmentVariable, ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint_rules.proxy._urls import EXCEPTIONS, is_placeholder

_NOBODY = "no client understands"
_ITEM = re.compile(r"[^,;]+")
_PREFIX = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\.\Z")
_STARRED_ADDRESS = re.compile(r"(?:[0-9]{1,3}\.){1,3}\*(?:\.\*){0,2}\Z")
_IP_RANGE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}-[0-9]{1,3}(?:(?:\.[0-9]{1,3}){3})?\Z")
_CIDR_CHARACTERS = re.compile(r"[0-9A-Fa-f:.]+/[0-9]+\Z")
_TWO_WORDS = re.compile(r"[^,;\s](?P<space>\s+)[^,;\s]")


class _Fault(NamedTuple):
    """What is wrong with a part of a value: where, who understands it, a label, an advice, what to write instead.

    ``more`` are all places to be edited where it is not this one alone.
    """

    start: int
    end: int
    effect: str
    label: str
    advice: str
    instead: str | None = None
    safety: Safety = Safety.UNSAFE
    more: tuple[tuple[int, int], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """The places to be edited."""
        return self.more or ((self.start, self.end),)


class NoProxyForm(Rule[ProxyVariable]):
    """`NO_PROXY` has an entry in a form that clients do not understand.

    ## Why
    `NO_PROXY` is a list of host names, domains, addresses and networks, divided by commas. Anything else matches
    nothing and nobody says so: requests that should stay inside the cluster go to the proxy.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          NO_PROXY: localhost,127.0.0.1,10.96.*,http://registry.local
    ```

    ## Stays silent when
    - an entry is a network (`10.96.0.0/12`), has a port, is `*` alone, or begins with a dot: most clients take it
    - the value holds a template

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look at the separators, then at each entry."""
        del graph
        value, text = variable.value, variable.value.text
        if variable.name.lower() not in EXCEPTIONS or not text or value.opaque or is_placeholder(text):
            return
        for fault in _faults(text):
            yield self._finding(variable, fault)

    def _finding(self, variable: EnvironmentVariable, fault: _Fault) -> Finding:
        value = variable.value
        text = value.text[fault.start : fault.end].strip()
        edits = [TextEdit(value.part(start, end), fault.instead) for start, end in fault.places if fault.instead]
        verbatim = value.part(fault.start, fault.end).text == value.text[fault.start : fault.end]
        return self.finding(
            f"{fault.effect} {f'`{text[:40]}`' if text else 'a space'} in `{variable.name}`",
            value.part(fault.start, fault.end),
            fault.label,
            help=fault.advice,
            note=f"set in {variable.place}",
            fix=Fix(fault.advice, tuple(edits), fault.safety) if edits and verbatim else None,
            subject=variable.resource,
        )


def _faults(text: str) -> Iterator[_Fault]:
    """Yield what is wrong with a value: its quotes, its separators, its entries."""
    stripped = text.strip()
    if stripped[:1] in ("'", '"') and stripped.endswith(stripped[0]):
        yield _Fault(0, len(text), _NOBODY, "the quotes are part of the value", "remove the quotes")
        return
    if (start := text.find(";")) >= 0:
        label = "entries are divided by commas"
        places = tuple((at, at + 1) for at, character in enumerate(text) if character == ";")
        yield _Fault(start, start + 1, "no client divides at", label, "write a comma", ",", Safety.SAFE, places)
    elif (words := _TWO_WORDS.search(text)) is not None:
        start, end = words.span("space")
        yield _Fault(start, end, "only curl divides at", "entries are divided by commas", "write a comma", ",")
        return
    for found in _ITEM.finditer(text):
        item = found.group().strip()
        if item:
            fault = _item_fault(item, found.start() + found.group().find(item))
            if fault is not None:
                yield fault


def _network(prefix: str) -> str:
    """Return the network of all addresses that begin with some numbers: `10.96.` is 10.96.0.0/16."""
    numbers = prefix.rstrip(".").split(".")
    return ".".join(numbers + ["0"] * (4 - len(numbers))) + f"/{8 * len(numbers)}"


def _item_fault(item: str, start: int) -> _Fault | None:
    """Return what is wrong with one entry that begins at an offset; None where nothing is for certain."""
    end = start + len(item)
    if "://" in item:
        host = item.partition("://")[2].partition("/")[0]
        return _Fault(start, end, _NOBODY, "an entry has no scheme", f"write `{host}`", host)
    if "'" in item or '"' in item:
        bare = item.strip("'\"")
        return _Fault(start, end, _NOBODY, "the quotes are part of the entry", f"write `{bare}`", bare)
    if item.startswith("*.") and "*" not in item[2:]:
        label = "only Go programs do; curl, wget and Python compare the star"
        return _Fault(start, end, "few clients understand", label, f"write `{item[1:]}`", item[1:], Safety.SAFE)
    if "*" in item[1:]:
        network = _network(item.partition("*")[0]) if _STARRED_ADDRESS.match(item) else None
        advice = "write a domain, such as `.example.com`" if network is None else f"write `{network}`"
        return _Fault(start, end, _NOBODY, "a star in an entry is compared as it stands", advice)
    if _PREFIX.match(item):
        label = "the beginning of an address matches nothing"
        return _Fault(start, end, _NOBODY, label, f"write `{_network(item)}`")
    if _IP_RANGE.match(item):
        advice = "write a network, such as `10.0.0.0/24`"
        return _Fault(start, end, _NOBODY, "a range of addresses matches nothing", advice)
    if _CIDR_CHARACTERS.match(item):
        try:
            ip_network(item, strict=False)
        except ValueError:
            return _Fault(start, end, _NOBODY, "this is no network", "write a network, such as `10.96.0.0/12`")
    return None
