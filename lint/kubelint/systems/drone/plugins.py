"""Which plugin a step runs, and the parts of a step that a shell reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.suggest import nearest
from kubelint.systems.drone.model import DIALECT, DroneStep
from kubelint.systems.kubernetes.image import DEFAULT_REGISTRY, parse_image
from kubelint.tree.node import Node, Scalar, Sequence
from kubelint_schemas.drone.plugins import Plugin, plugins

#: Settings that a plugin hands to a shell.
SCRIPT_SETTINGS = frozenset({"script", "commands"})
#: Owners with names so short that another one is no slip of theirs.
_SHORT_OWNER = 2


def repository_of(step: DroneStep) -> str | None:
    """Return the image of a step without registry, tag and digest; None where it is not known for certain."""
    image = step.image
    if image is None or image.opaque:
        return None
    reference = parse_image(image.text)
    return reference.repository if reference.registry == DEFAULT_REGISTRY else None


def plugin_of(step: DroneStep) -> Plugin | None:
    """Return the plugin that a step runs; None where it is none of those that are known."""
    name = repository_of(step)
    return None if name is None else plugins().get(name)


def meant_plugins(step: DroneStep) -> list[str]:
    """Return the known plugins that an image, which is none of them, is a near miss of."""
    name = repository_of(step)
    if name is None or name in plugins() or "/" not in name or not list(step.settings):
        return []
    owner, _, rest = name.partition("/")
    # Under another owner the same name is a fork, unless the owner itself is a slip.
    return [
        image
        for image in nearest(name, plugins())
        if image.partition("/")[0] == owner or rest == image.partition("/")[2] or len(owner) > _SHORT_OWNER
    ]


def has_setting(step: DroneStep, names: tuple[str, ...]) -> bool:
    """Tell whether a step gives one of some settings, be it as a variable of the environment."""
    given = {key.text.upper() for key, _ in step.settings}
    variables = [key.text.upper() for key, _ in (*step.environment, *step.pipeline.environment)]
    for name in names:
        upper = name.upper()
        if upper in given or any(variable == upper or variable.endswith(f"_{upper}") for variable in variables):
            return True
    return False


def settings_are_known(step: DroneStep) -> bool:
    """Tell whether all settings of a step can be read: none is a placeholder or stands in a file."""
    node = step.node.at("settings")
    if isinstance(node, Scalar):
        return node.is_null
    files = ("PLUGIN_ENV_FILE", "ENV_FILE")
    return not any(key.opaque for key, _ in step.settings) and not any(
        key.text.upper() in files for key, _ in step.environment
    )


def scripts(step: DroneStep) -> Iterator[Scalar]:
    """Yield what a shell reads of a step: its commands, and what a plugin hands to one."""
    yield from step.commands
    for key, value in step.settings:
        if key.text.lower() in SCRIPT_SETTINGS:
            yield from _scalars(value)


def setting_scalars(step: DroneStep) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield the single values of a step's settings, those of lists too, each with the key of its setting."""
    for key, value in step.settings:
        for scalar in _scalars(value):
            yield key, scalar


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if not node.is_null:
            yield node
    elif isinstance(node, Sequence):
        for item in node.children:
            if isinstance(item, Scalar) and not item.is_null:
                yield item


#: What encoding a plain number into a variable leaves of it where that is not what was written.
_NUMBER = re.compile(r"[-+]?[0-9][0-9_.eEoOxXa-fA-F+-]*\Z")


def mangled_number(scalar: Scalar) -> str | None:
    """Return what the plugin receives for a plain number that is not handed on as it is written; else None.

    The runner reads it as a number and writes that number: ``1.10`` becomes ``1.1``, ``010`` becomes ``8``, ``1e3``
    becomes ``1000``. Source: ``yaml.v2`` and the encoder of runner-go, measured.
    """
    if scalar.style is not None or scalar.tag is not None or not _NUMBER.match(scalar.text) or scalar.opaque:
        return None
    value = scalar.value(DIALECT)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        received = str(value)
    elif value != value or value in (float("inf"), float("-inf")) or abs(value) >= 1e21:
        return None
    else:
        received = repr(int(value)) if value == int(value) else repr(value)
    return received if received != scalar.text.lstrip("+") else None
