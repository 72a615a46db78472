"""Where the other objects of an application lie: in the same folder, or in the nearest one upwards.

Applications are copied: examples, environments, tenants. What is nearer in the tree of folders is meant, so that copies
do not see each other, and looking something up costs the depth of a folder instead of the number of copies.
"""

from __future__ import annotations

from collections.abc import Iterator


def upwards(path: str) -> Iterator[str]:
    """Yield a folder and those above it, the root (empty) last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
