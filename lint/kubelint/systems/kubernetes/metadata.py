"""Labels and annotations that a team wants or does not want on its objects.

A wish is written ``key`` (whatever the value) or ``key=glob|glob`` (one of these values); in a ban the key is a glob
too. Source: Kubernetes documentation, "Recommended Labels" and "Annotations".
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from kubelint.systems.kubernetes.model import ConfigurationFile, KubernetesObject
from kubelint.tree.node import Mapping, Node, Scalar


class Wish(NamedTuple):
    """A key and the globs of the values that it may have; without any, every value will do."""

    key: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Wish:
        """Return the wish that a text of the configuration means."""
        key, separator, values = text.partition("=")
        return cls(key.strip(), tuple(value.strip() for value in values.split("|")) if separator else ())

    def fits(self, value: Node) -> bool:
        """Tell whether a value is one of those; a placeholder is."""
        if not isinstance(value, Scalar) or value.opaque or not self.values:
            return True
        return any(fnmatchcase(value.text, glob) for glob in self.values)

    def __str__(self) -> str:
        return f"{self.key}={'|'.join(self.values)}" if self.values else self.key


class Unfulfilled(NamedTuple):
    """A wish that ``metadata`` does not fulfil; ``actual`` is the value that does not fit, None where there is none."""

    wish: Wish
    actual: Scalar | None


def unfulfilled(metadata: Node | None, section: str, wishes: tuple[str, ...]) -> Iterator[Unfulfilled]:
    """Yield the wishes that ``metadata.labels`` or ``metadata.annotations`` does not fulfil."""
    holder = None if metadata is None else metadata.at(section)
    if isinstance(holder, Scalar) and holder.opaque:
        return
    for text in wishes:
        wish = Wish.parse(text)
        value = None if holder is None else holder.get(wish.key)
        if value is None:
            yield Unfulfilled(wish, None)
        elif not wish.fits(value):
            yield Unfulfilled(wish, value if isinstance(value, Scalar) else None)


def banned(annotations: Mapping, bans: tuple[str, ...]) -> Iterator[tuple[Scalar, str]]:
    """Yield the key of each annotation that a ban covers, and the ban."""
    for key, value in annotations.pairs():
        for text in bans:
            ban = Wish.parse(text)
            certain = not (isinstance(value, Scalar) and value.opaque and ban.values)
            if certain and fnmatchcase(key.text, ban.key) and ban.fits(value):
                yield key, text
                break


def is_meant(item: KubernetesObject, kinds: tuple[str, ...]) -> bool:
    """Tell whether an object is one of the kinds that a rule is set up for."""
    return item.kind in kinds and not isinstance(item, ConfigurationFile)
