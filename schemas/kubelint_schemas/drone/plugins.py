"""The settings of common plugins, and what images of services are known to listen on.

``plugins.json`` names, by image, the settings that a plugin reads (``settings``), those without which it stops
(``needs``: one of each group; names in capitals are variables that serve as well), those that are secret, those that it
divides at commas (``lists``), those that have another name (``renamed``), and the images that the runner starts
privileged. The lists come from the plugins' sources and documentation; settings of forks and of later versions may be
missing, so a setting that is not listed is no mistake in itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kubelint_schemas.data import read_json


@dataclass(frozen=True, slots=True)
class Plugin:
    """What is known of a plugin; ``needs`` are groups of settings of which one each must be there."""

    image: str
    settings: frozenset[str]
    needs: tuple[tuple[str, ...], ...]
    secrets: frozenset[str]
    lists: frozenset[str]
    renamed: dict[str, str]
    privileged: bool


@cache
def plugins() -> dict[str, Plugin]:
    """Return the known plugins by image, without registry and tag."""
    return {
        image: Plugin(
            image,
            frozenset(entry["settings"]),
            tuple(tuple(group) for group in entry.get("needs", ())),
            frozenset(entry.get("secrets", ())),
            frozenset(entry.get("lists", ())),
            entry.get("renamed", {}),
            entry.get("privileged", False),
        )
        for image, entry in read_json(__file__, "plugins.json").items()
    }


@cache
def service_ports() -> dict[str, list[int]]:
    """Return the ports that the images of common services listen on, by image without registry and tag."""
    found: dict[str, list[int]] = read_json(__file__, "services.json")
    return found
