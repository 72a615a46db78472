"""Which secrets a repository's pipelines use, and names among them that are probably slips.

A secret that no file declares lives on the server, so a name alone is never wrong. It is suspicious where a declared
secret, or one that the other pipelines use again and again, has nearly the same name. Source: ``from_secret`` and
``kind: secret`` of the Drone documentation; the server compares the names of its own secrets without case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity, Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import is_near
from kubelint.systems.drone.model import FROM_SECRET, SYSTEM, DronePipeline, DroneSecret, DroneStep
from kubelint.systems.drone.nearness import Nearness
from kubelint.tree.node import Mapping, Node, Scalar

USES_SECRET = "uses-secret"  # noqa: S105 - a verb
#: How often the right spelling must be in use before a single other one counts as a slip.
_OFTEN = 2
#: In a repository with more names, those that are used once are not compared with each other.
_MANY = 500
#: A word of this length that differs in a letter is a slip; shorter ones (``api`` and ``app``) are often two words.
_LONG_WORD = 6


class SecretUse(NamedTuple):
    """One use of a secret; ``group`` is the part of the file in which it stands (a step, the pipeline itself)."""

    pipeline: DronePipeline
    node: Scalar
    group: int


def secret_uses(pipeline: DronePipeline) -> Iterator[SecretUse]:
    """Yield each place of a pipeline that names a secret."""
    for node in pipeline.root.items_at("image_pull_secrets"):
        if isinstance(node, Scalar) and not node.is_null:
            yield SecretUse(pipeline, node, id(pipeline))
    own = [pipeline.root.at("token"), *(value for _, value in pipeline.root.pairs_at("server"))]
    yield from _uses(pipeline, own, id(pipeline))
    for step in pipeline.containers:
        yield from _uses(pipeline, _values(step), id(step))


def _values(step: DroneStep) -> Iterator[Node | None]:
    for _, value in step.environment:
        yield value
    for _, value in step.settings:
        yield value


def _uses(
    pipeline: DronePipeline, values: Iterator[Node | None] | list[Node | None], group: int
) -> Iterator[SecretUse]:
    for value in values:
        node = None if value is None else value.scalar(FROM_SECRET)
        if node is not None:
            yield SecretUse(pipeline, node, group)


def link(graph: Graph, nearness: Nearness) -> None:
    """Resolve the secrets that pipelines use against the declared ones of their file, and against each other."""
    uses = [use for pipeline in graph.subjects(DronePipeline) for use in secret_uses(pipeline)]
    declared: dict[int, dict[str, DroneSecret]] = defaultdict(dict)
    for secret in graph.subjects(DroneSecret):
        if secret.name_node is not None:
            declared[id(secret.unit)].setdefault(secret.name_node.text, secret)
    spellings = _Spellings((use for use in uses if not use.node.opaque), nearness)
    for use in uses:
        wanted = Key(SYSTEM, "secret", "", use.node.text)
        reference = Reference(USES_SECRET, use.pipeline, use.node, wanted, Resolution.UNKNOWN)
        here = declared.get(id(use.pipeline.unit), {})
        if use.node.opaque:
            pass
        elif use.node.text in here:
            reference.resolution, reference.targets = Resolution.RESOLVED, (here[use.node.text],)
        elif graph.is_external(wanted):
            reference.resolution = Resolution.EXTERNAL
        else:
            candidates: list[Entity] = [
                here[name]
                for name in nearness.nearest(use.node.text, here)
                if _is_slip(use.node.text, name, strict=False) and not spellings.together(use.node.text, name)
            ]
            candidates = candidates or spellings.meant(use)
            if candidates:
                reference.resolution, reference.candidates = Resolution.NEAR_MISS, tuple(candidates)
        graph.add_reference(reference)


class _Spellings:
    """How often and where each name is used, in all files."""

    def __init__(self, uses: Iterator[SecretUse], nearness: Nearness) -> None:
        self._nearness = nearness
        self._uses: dict[str, list[SecretUse]] = defaultdict(list)
        for use in uses:
            self._uses[use.node.text.lower()].append(use)
        self._order = {name: position for position, name in enumerate(self._uses)}
        self._often = {name for name, places in self._uses.items() if len(places) >= _OFTEN}

    def together(self, one: str, other: str) -> bool:
        """Tell whether one step uses both names, so that they are two secrets."""
        groups = {use.group for use in self._uses.get(one.lower(), ())}
        return any(use.group in groups for use in self._uses.get(other.lower(), ()))

    def meant(self, use: SecretUse) -> list[Entity]:
        """Return the first use of each name in frequent use that a name used once is probably a slip of."""
        name = use.node.text.lower()
        if len(self._uses[name]) > 1:
            return []
        often = self._candidates(name, self._often)
        return often or self._candidates(name, self._earlier(use))

    def _earlier(self, use: SecretUse) -> set[str]:
        """Return the names that other pipelines use once: of two spellings, each used once, the later one is shown."""
        if len(self._uses) > _MANY:
            return set()
        pipeline = id(use.pipeline)
        return {
            name
            for name, (first, *more) in self._uses.items()
            if not more and id(first.pipeline) != pipeline and self._order[name] < self._order[use.node.text.lower()]
        }

    def _candidates(self, name: str, names: Collection[str]) -> list[Entity]:
        found: list[Entity] = []
        for candidate in self._nearness.nearest(name, names):
            if _is_slip(name, candidate, strict=True) and not self.together(name, candidate):
                first = self._uses[candidate][0]
                found.append(
                    Entity(Key(SYSTEM, "secret", "", first.node.text), first.node, first.pipeline.unit, first.pipeline)
                )
        return found


def _is_slip(one: str, other: str, *, strict: bool) -> bool:
    """Tell whether two near names are one: by the words in which they differ.

    A plural is another word. A short word with another letter (``gitee`` and ``gitea``) may be one; a letter too many
    or too few in it is a slip, unless ``strict``.
    """
    left, right = (name.lower().replace("-", "_").split("_") for name in (one, other))
    if len(left) != len(right):
        return True
    for a, b in zip(left, right, strict=True):
        if a == b:
            continue
        if a + "s" == b or b + "s" == a:
            return False
        if max(len(a), len(b)) < _LONG_WORD and (strict or (len(a) == len(b) and sorted(a) != sorted(b))):
            return False
    return True


class MisspeltSource(NamedTuple):
    """A mapping in place of a value that has no ``from_secret``: ``node`` is what to blame.

    ``key`` is the key in its place, None where there is not just one; ``near`` says that it is a slip of it.
    """

    name: Scalar
    node: Node
    key: Scalar | None
    near: bool
    is_setting: bool


def misspelt_sources(pipeline: DronePipeline) -> Iterator[MisspeltSource]:
    """Yield each variable that gets nothing, and each setting that gets a mapping where a secret was meant."""
    variables = list(pipeline.root.pairs_at("server"))
    token = pipeline.root.key("token")
    if token is not None:
        variables.append((token, pipeline.root.at("token") or token))
    for step in pipeline.containers:
        variables += step.environment
        for name, value in step.settings:
            found = _misspelt(name, value, is_setting=True)
            if found is not None and found.near and len(list(value.pairs())) == 1:
                yield found
    for name, value in variables:
        found = _misspelt(name, value, is_setting=False)
        if found is not None:
            yield found


def _misspelt(name: Scalar, value: Node, *, is_setting: bool) -> MisspeltSource | None:
    if not isinstance(value, Mapping) or FROM_SECRET in value or any(key.opaque for key, _ in value.pairs()):
        return None
    keys = [key for key, _ in value.pairs()]
    slip = next((key for key in keys if is_near(FROM_SECRET, key.text)), None)
    key = slip or (keys[0] if len(keys) == 1 else None)
    return MisspeltSource(name, key or value, key, slip is not None, is_setting)
