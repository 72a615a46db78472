"""Conditions that no build can meet: what never runs.

A build has one event; each event has its own kind of ref, and only some have a branch, a cron job or a target. What
is reported holds for every build, whatever the values of patterns that are not written out. Source: Drone
documentation, "Triggers" and "Conditions"; the matcher of the server and of runner-go (all fields must match, one of
``include`` and none of ``exclude``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from kubelint.systems.drone.conditions import Condition
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import drone as pack

#: How the ref of a build with that event begins.
_REFS = {
    "push": ("refs/heads/",),
    "tag": ("refs/tags/",),
    "pull_request": ("refs/pull/", "refs/pull-requests/", "refs/merge-requests/", "refs/changes/"),
}
_DEPLOYMENTS = frozenset({"promote", "rollback"})
_GLOB = frozenset("*?[{\\")


class Never(NamedTuple):
    """A condition that no build meets: the node to blame, why, and the other end of the contradiction."""

    node: Node
    field: str
    reason: str
    other: Node | None = None
    other_words: str = ""


def never(pipeline: DronePipeline, step: DroneStep | None = None) -> Never | None:
    """Return why a pipeline, or a step of it, never runs; None where it may."""
    outer = pipeline.trigger
    own = outer if step is None else step.when
    for condition in own:
        found = _alone(condition)
        if found is not None:
            return found
    if step is not None and not any(_alone(condition) for condition in outer):
        found = _apart(outer, own)
        if found is not None:
            return found
    both = own if step is None else [*outer, *own]
    return next(_together(both, {id(condition) for condition in own}), None)


def _alone(condition: Condition) -> Never | None:
    """Judge one condition by itself."""
    include, exclude = condition.include, condition.exclude
    if not include or any(pattern.opaque for pattern in (*include, *exclude)):
        return None
    if condition.field == "ref":
        wrong = [pattern for pattern in include if not pattern.text.startswith(("refs/", "*", "{", "?", "["))]
        if len(wrong) == len(include):
            return Never(wrong[0], "ref", "a ref begins with `refs/`, such as `refs/heads/main` or `refs/tags/v1.0`")
    texts = {pattern.text for pattern in exclude}
    everything = [pattern for pattern in exclude if pattern.text in ("*", "**")]
    if all(pattern.text in texts for pattern in include) or (everything and condition.field != "ref"):
        hit = everything[0] if everything else next(p for p in exclude if p.text == include[0].text)
        return Never(include[0], condition.field, "what `include` lets in, `exclude` keeps out", hit, "kept out here")
    return None


def _apart(outer: list[Condition], own: list[Condition]) -> Never | None:
    """Compare a step's conditions with those of its pipeline, field by field, where both are written out."""
    for one in outer:
        for other in own:
            if one.field != other.field or one.field in ("event", "status"):
                continue
            left, right = _literals(one), _literals(other)
            if left and right and not left & right:
                return Never(
                    other.include[0],
                    other.field,
                    f"the pipeline only runs for other values of `{other.field}`",
                    one.include[0],
                    "the pipeline's own condition",
                )
    return None


def _literals(condition: Condition) -> set[str]:
    if any(pattern.opaque or _GLOB & set(pattern.text) for pattern in condition.include):
        return set()
    return {pattern.text for pattern in condition.include}


def _together(conditions: list[Condition], own: set[int]) -> Iterator[Never]:
    """Judge conditions against the events for which they may hold; at least one of two has to be the step's own."""
    events = set(pack.values("event"))
    blamed: Condition | None = None
    for condition in conditions:
        if condition.field == "event":
            allowed = _events(condition)
            if allowed is None or not allowed:  # unknown, or misspelt: another rule says so
                return
            if not events & allowed:
                yield Never(
                    _place(condition),
                    "event",
                    "the pipeline does not run for this event",
                    None if blamed is None else _place(blamed),
                    "the pipeline's own condition",
                )
                return
            events &= allowed
            blamed = condition
    if blamed is None:
        return
    words = " and ".join(f"`{event}`" for event in sorted(events))
    for condition in conditions:
        if not condition.include or any(pattern.opaque for pattern in condition.include):
            continue
        if id(condition) not in own and id(blamed) not in own:
            continue
        reason = _contradiction(condition, events, words)
        if reason is not None:
            first, second = (condition, blamed) if id(condition) in own else (blamed, condition)
            other = f"the event is {words}" if second is blamed else f"the condition on `{second.field}`"
            yield Never(_place(first), first.field, reason, _place(second), other)


def _contradiction(condition: Condition, events: set[str], words: str) -> str | None:
    field, include = condition.field, condition.include
    if field == "cron" and "cron" not in events:
        return f"only builds with the event `cron` have a cron job, not {words}"
    if field == "target" and not events & _DEPLOYMENTS:
        return f"only `promote` and `rollback` have a target, not {words}"
    if field == "branch" and events == {"tag"} and _literals(condition):
        return "a tag belongs to no branch"
    if field == "ref" and events <= _REFS.keys():
        begins = tuple(prefix for event in events for prefix in _REFS[event])
        if not any(_may_begin(pattern, begins) for pattern in include):
            return f"builds with the event {words} have another kind of ref"
    return None


def _may_begin(pattern: Scalar, prefixes: Iterable[str]) -> bool:
    """Tell whether a pattern may match a ref that begins with one of some prefixes."""
    stop = min((pattern.text.find(mark) for mark in _GLOB if mark in pattern.text), default=len(pattern.text))
    fixed = pattern.text[:stop]
    return any(fixed.startswith(prefix) or prefix.startswith(fixed) for prefix in prefixes)


def _events(condition: Condition) -> set[str] | None:
    """Return the events that a condition lets in; None where that is only known later."""
    if any(pattern.opaque for pattern in (*condition.include, *condition.exclude)):
        return None
    known = pack.values("event")
    include = [pattern.text for pattern in condition.include]
    exclude = [pattern.text for pattern in condition.exclude]
    return {
        event
        for event in known
        if (not include or any(fnmatchcase(event, pattern) for pattern in include))
        and not any(fnmatchcase(event, pattern) for pattern in exclude)
    }


def _place(condition: Condition) -> Node:
    patterns = [*condition.include, *condition.exclude]
    return patterns[0] if patterns else condition.key
