"""Words for places in a Drone file."""

from __future__ import annotations

from kubelint.schema import Path
from kubelint.systems.drone.model import DroneDocument, DronePipeline
from kubelint_schemas import drone as pack

#: Fields of conditions that are no fields of anything else.
_CONDITIONS = frozenset({"action", "branch", "cron", "event", "instance", "ref", "repo", "status", "target"})
_LISTS = {"steps": "step", "services": "service", "volumes": "volume"}


def level(path: Path) -> str:
    """Return what a path leads to: ``pipeline``, ``step``, ``when`` … (the last key, of a list item its noun)."""
    keys = [step for step in path if isinstance(step, str)]
    if not keys:
        return pack.PIPELINE
    if isinstance(path[-1], int):
        return _LISTS.get(keys[-1], keys[-1])
    return keys[-1]


def holder(subject: DroneDocument, path: Path) -> str:
    """Return what has the fields at a path, in words: ``a step of a docker pipeline``, ``` `clone` ```."""
    whole = subject.kind
    if isinstance(subject, DronePipeline):
        whole = f"{subject.runner or 'custom'} pipeline"
    article = "an" if whole[:1] in "aeiou" else "a"
    if not path:
        return f"{article} {whole}"
    noun = level(path)
    if noun in ("step", "service"):
        return f"a {noun} of {article} {whole}"
    if noun in _LISTS.values():
        return f"a {noun}"
    return f"`{noun}`"


def home(noun: str, field: str) -> str | None:
    """Return where a field belongs that stands at the wrong level (below ``noun``), in words; None where nowhere."""
    if noun in ("step", "service"):
        if field == "trigger":
            return "below `when` here; `trigger` is for pipelines"
        if field in _CONDITIONS:
            return "below `when`"
    elif noun == pack.PIPELINE:
        if field == "when":
            return "below `trigger` here; `when` is for steps"
        if field in _CONDITIONS:
            return "below `trigger`"
        if not pack.types_with(pack.PIPELINE, field) and pack.types_with("step", field):
            return "in a step: mind the indentation"
    return None
