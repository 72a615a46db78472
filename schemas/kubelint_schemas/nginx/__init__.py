"""The directives of nginx and its usual modules: where each may stand and what it takes.

Source: the masks of nginx's own source, as crossplane 0.5.8 (Apache-2.0) has collected them.
"""

from __future__ import annotations

from functools import cache

from kubelint_schemas.data import read_json

BLOCK = 0x100
FLAG = 0x200
ANY = 0x400
ONE_OR_MORE = 0x800
TWO_OR_MORE = 0x1000
#: Beyond this many arguments there is no mask of its own.
MOST_COUNTED = 7

CONTEXTS = {
    "main": 0x00040000,
    "events": 0x00080000,
    "mail": 0x00100000,
    "mail/server": 0x00200000,
    "stream": 0x00400000,
    "stream/server": 0x00800000,
    "stream/upstream": 0x01000000,
    "http": 0x02000000,
    "server": 0x04000000,
    "location": 0x08000000,
    "upstream": 0x10000000,
    "server/if": 0x20000000,
    "location/if": 0x40000000,
    "limit_except": 0x80000000,
}


@cache
def directives() -> dict[str, tuple[int, ...]]:
    """Return the masks of each directive by its name; one for each way to use it."""
    return {name: tuple(masks) for name, masks in read_json(__file__, "directives.json").items()}
