"""What kubespray's releases differ in: group names, what must not be empty, defaults, the Kubernetes they install.

Source: ``inventory/sample``, ``roles/validate_inventory``, ``roles/kubernetes/preinstall`` (``verify-settings``) and
``roles/dynamic_groups`` of the releases v2.8.0 to v2.31.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.data import read_json

_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:[.+-].*)?\Z", re.DOTALL)


class Release(NamedTuple):
    """A release of kubespray, compared by its numbers: ``Release(2, 9) < Release(2, 10)``."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Required(NamedTuple):
    """A group that a cluster needs: since when it may be declared and stay empty (None: never)."""

    group: str
    hosts_until: Release | None


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_json(__file__, "releases.json")
    return data


def parse(text: str) -> Release:
    """Return the release that a version text names (``v2.28.0``, ``2.10``); raises ValueError where it is none."""
    found = _VERSION.match(text)
    if found is None:
        raise ValueError(f"not a kubespray release: {text!r}")
    return Release(int(found[1]), int(found[2]))


@cache
def newest() -> Release:
    """Return the newest release that the data knows."""
    return parse(_data()["newest"])


@cache
def renamed_since() -> Release:
    """Return the release that renamed the groups (dashes to underscores, ``kube-master`` to ``kube_control_plane``)."""
    return parse(_data()["renamed"]["since"])


@cache
def renamed() -> Mapping[str, str]:
    """Return old group name to new one."""
    return MappingProxyType(_data()["renamed"]["groups"])


def is_mapped(old: str, release: Release) -> bool:
    """Tell whether a release still brings the hosts of an old group into the cluster."""
    unmapped = _data()["renamed"]["unmapped"]
    return release < parse(unmapped["since"]) or old not in unmapped["groups"]


@cache
def group_names() -> frozenset[str]:
    """Return the names of all groups of all releases."""
    return frozenset({*renamed(), *renamed().values(), *_data()["other_groups"]})


@cache
def marks() -> frozenset[str]:
    """Return the group names that only kubespray's inventories have."""
    return frozenset(_data()["marks"])


@cache
def other_projects() -> frozenset[str]:
    """Return group names by which the inventories of other installers with similar groups are known."""
    return frozenset(_data()["not_kubespray"])


@cache
def roles() -> frozenset[str]:
    """Return the groups that give a host something to do in the cluster, under all their names."""
    given = ("kube_control_plane", "kube_node", "calico_rr")
    return frozenset({*given, *(old for old, new in renamed().items() if new in given)})


def cluster_group(release: Release) -> str:
    """Return the group of all cluster members under its name in a release."""
    name: str = _data()["cluster"]["group"]
    return name_in(name, release)


def required(release: Release) -> list[Required]:
    """Return the groups that a release needs, under the names that it knows."""
    found = []
    for entry in _data()["required"]:
        until = entry.get("hosts_until")
        found.append(Required(name_in(entry["group"], release), None if until is None else parse(until)))
    return found


def name_in(group: str, release: Release) -> str:
    """Return the name that a release knows a group by."""
    if release >= renamed_since():
        return group
    return next((old for old, new in renamed().items() if new == group), group)


def default(variable: str) -> str | None:
    """Return kubespray's default of a variable, the same in all releases; None where the data has none."""
    value: str | None = _data()["defaults"].get(variable)
    return value


def all_releases() -> list[Release]:
    """Return the releases that the data knows, oldest first."""
    return [parse(text) for text in _data()["kubernetes"]["versions"]]


def unprefixed_since() -> Release:
    """Return the release since which ``kube_version`` is written without its ``v``."""
    return parse(_data()["kubernetes"]["unprefixed_since"])


@cache
def kubernetes_range(release: Release) -> tuple[Release | None, Release | None]:
    """Return the oldest and the newest minor version of Kubernetes that a release installs; None where not known.

    Where the newest is not known it is at most that of the next release of which it is, and at most one above the
    default, as in all releases of which it is known.
    """
    versions = _data()["kubernetes"]["versions"]
    entry = versions.get(str(release))
    if entry is None:
        return None, None
    later = [known["newest"] for text, known in versions.items() if parse(text) >= release and "newest" in known]
    default = parse(entry["default"])
    newest = min(parse(later[0]), Release(default.major, default.minor + 1))
    return None if "oldest" not in entry else parse(entry["oldest"]), newest


def installs(release: Release, version: str) -> bool:
    """Tell whether a release installs a version written like that: the right prefix, a minor version in its range."""
    if version.startswith("v") == (release >= unprefixed_since()):
        return False
    try:
        wanted = parse(version)
    except ValueError:
        return False
    oldest, newest = kubernetes_range(release)
    return (oldest is None or oldest <= wanted) and (newest is None or wanted <= newest)


@cache
def dynamic_since() -> Release:
    """Return the release since which kubespray puts the hosts of all roles into the group of the cluster itself."""
    return parse(_data()["cluster"]["dynamic_since"])
