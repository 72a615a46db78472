"""Pod security: exact levels and versions, one voice for each place; what counts as a literal secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.config import Settings
from kubelint.source import SourceFile
from kubelint.systems.kubernetes.literal_secrets import literal_secret, promises_secret
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.control_plane import components
from kubelint_schemas.kubernetes.pod_security import LEVELS, active, controls
from kubelint_schemas.kubernetes.rights import rights

CONFORMING = """\
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
containers:
- name: web
  image: registry.example.com/shop/web:1.4
  securityContext:
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
"""
BARE = """\
containers:
- name: web
  image: registry.example.com/shop/web:1.4
"""
ENFORCED = """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: {level}
    pod-security.kubernetes.io/enforce-version: {version}
---
"""


def pod(spec: str) -> str:
    body = "".join(f"  {line}\n" for line in spec.splitlines())
    return f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n{body}"


def found(folder: Path, text: str, *select: str, targets: dict[str, str] | None = None) -> set[tuple[str, str]]:
    """Return rule (without system) and the text at the place of each finding."""
    (folder / "web.yaml").write_text(text, encoding="utf-8")
    settings = Settings(select=("kubernetes/pod-security-level-violated", *select), targets=targets or {})
    return {
        (finding.rule.partition("/")[2], finding.span.text.partition("\n")[0])
        for finding in check(folder, settings).findings
    }


def rejected(folder: Path, spec: str, level: str = "restricted", version: str = "latest") -> set[str]:
    """Return what is at the places for which a namespace rejects a pod."""
    text = ENFORCED.format(level=level, version=version) + pod(spec)
    return {place for _, place in found(folder, text)}


def test_a_conforming_pod_passes_every_level_and_version(tmp_path: Path) -> None:
    for level in LEVELS:
        for version in ("latest", "v1.25", "v1.34"):
            assert rejected(tmp_path, CONFORMING, level, version) == set()


def test_a_pod_that_says_nothing_passes_baseline_and_lacks_four_things_for_restricted(tmp_path: Path) -> None:
    assert rejected(tmp_path, BARE, "baseline") == set()
    findings = check(tmp_path, Settings()).findings
    assert findings == []
    (tmp_path / "web.yaml").write_text(ENFORCED.format(level="restricted", version="latest") + pod(BARE))
    headlines = sorted(finding.headline.partition(": ")[2] for finding in check(tmp_path, Settings()).findings)
    assert headlines == [
        "`allowPrivilegeEscalation: false` is missing",
        "`capabilities.drop: [ALL]` is missing",
        "`runAsNonRoot: true` is missing",
        "`seccompProfile` is missing",
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("hostNetwork: true", "true"),
        ("hostPID: yes", "yes"),
        ("hostIPC: true", "true"),
        ("volumes:\n- name: logs\n  hostPath:\n    path: /var/log", "/var/log"),
        ("securityContext:\n  seccompProfile:\n    type: Unconfined", "Unconfined"),
        ("securityContext:\n  sysctls:\n  - name: net.core.somaxconn\n    value: '1'", "net.core.somaxconn"),
        ("securityContext:\n  seLinuxOptions:\n    role: system_r", "system_r"),
        ("securityContext:\n  windowsOptions:\n    hostProcess: true", "true"),
        ("securityContext:\n  appArmorProfile:\n    type: Unconfined", "Unconfined"),
    ],
)
def test_baseline_rejects_what_the_pod_takes_from_its_node(tmp_path: Path, change: str, place: str) -> None:
    assert rejected(tmp_path, f"{change}\n{BARE}", "baseline") == {place}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("securityContext:\n  privileged: true", "true"),
        ("securityContext:\n  capabilities:\n    add: [NET_RAW]", "NET_RAW"),
        ("securityContext:\n  procMount: Unmasked", "Unmasked"),
        ("ports:\n- containerPort: 80\n  hostPort: 80", "80"),
        ("readinessProbe:\n  tcpSocket:\n    host: 10.0.0.1\n    port: 80", "10.0.0.1"),
    ],
)
@pytest.mark.parametrize("section", ["initContainers", "containers", "ephemeralContainers"])
def test_baseline_looks_at_containers_of_every_kind(tmp_path: Path, section: str, change: str, place: str) -> None:
    extra = "".join(f"  {line}\n" for line in change.splitlines())
    other = f"{section}:\n- name: other\n  image: registry.example.com/ops/other:1.0\n{extra}"
    spec = other if section == "containers" else BARE + other
    assert rejected(tmp_path, spec, "baseline") == {place}


def test_a_pinned_version_knows_only_what_it_had(tmp_path: Path) -> None:
    probe = BARE + "  livenessProbe:\n    httpGet:\n      host: 127.0.0.1\n      port: 80\n"
    assert rejected(tmp_path, probe, "baseline", "v1.33") == set()
    assert rejected(tmp_path, probe, "baseline", "v1.34") == {"127.0.0.1"}
    tuned = "securityContext:\n  sysctls:\n  - name: net.ipv4.tcp_rmem\n    value: 4096 87380 16777216\n" + BARE
    assert rejected(tmp_path, tuned, "baseline", "v1.31") == {"net.ipv4.tcp_rmem"}
    assert rejected(tmp_path, tuned, "baseline", "v1.32") == set()


def test_windows_pods_are_exempt_where_the_standards_say_so(tmp_path: Path) -> None:
    windows = "os:\n  name: windows\nsecurityContext:\n  runAsNonRoot: true\n" + BARE
    assert rejected(tmp_path, windows, "restricted", "v1.25") == set()
    assert rejected(tmp_path, windows, "restricted", "v1.24") == {"web", "securityContext"}


def test_root_in_a_user_namespace_is_accepted_from_1_35_on(tmp_path: Path) -> None:
    nested = "hostUsers: false\n" + CONFORMING.replace("runAsNonRoot: true", "runAsUser: 0")
    assert rejected(tmp_path, nested, "restricted", "v1.35") == set()
    assert rejected(tmp_path, nested, "restricted", "v1.34") == {"0", "securityContext"}


def test_what_is_only_known_later_is_not_rejected(tmp_path: Path) -> None:
    spec = CONFORMING.replace("[ALL]", '["${DROP}"]').replace("runAsNonRoot: true", "runAsNonRoot: ${NON_ROOT}")
    assert rejected(tmp_path, f"hostNetwork: ${{HOST}}\n{spec}") == set()


def test_a_namespace_that_is_not_written_down_rejects_nothing(tmp_path: Path) -> None:
    text = ENFORCED.format(level="restricted", version="latest") + pod(BARE).replace("  namespace: shop\n", "")
    assert found(tmp_path, text) == set()


def test_profiles_leave_to_single_rules_what_these_say(tmp_path: Path) -> None:
    text = pod("hostNetwork: true\n" + BARE)
    restricted = "kubernetes/violates-restricted-profile"
    alone = found(tmp_path, text, restricted)
    assert alone == {
        ("violates-restricted-profile", "true"),
        ("violates-restricted-profile", "containers"),
        ("violates-restricted-profile", "web"),
    }
    both = found(tmp_path, text, restricted, "kubernetes/host-network", "kubernetes/may-run-as-root")
    assert ("host-network", "true") in both
    assert ("violates-restricted-profile", "true") not in both
    assert ("violates-restricted-profile", "containers") in both  # no single rule runs for the filter of system calls
    everything = found(tmp_path, text, "security")
    assert not {rule for rule, _ in everything} & {"violates-restricted-profile", "violates-baseline-profile"}


def test_profiles_say_what_single_rules_accept(tmp_path: Path) -> None:
    spec = CONFORMING.replace("[ALL]", "[all]").replace("runAsNonRoot: true", "runAsUser: 1000")
    assert {pair for pair in found(tmp_path, pod(spec), "security") if "profile" in pair[0]} == {
        ("violates-restricted-profile", "all"),
        ("violates-restricted-profile", "securityContext"),
    }


def test_only_the_stricter_profile_speaks(tmp_path: Path) -> None:
    text = pod("hostNetwork: true\n" + CONFORMING)
    both = found(tmp_path, text, "kubernetes/violates-baseline-profile", "kubernetes/violates-restricted-profile")
    assert both == {("violates-restricted-profile", "true")}


def test_what_a_namespace_rejects_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(
        ENFORCED.format(level="restricted", version="latest") + pod("hostPID: true\n" + BARE), encoding="utf-8"
    )
    findings = check(tmp_path, Settings(extend_select=("security",))).findings
    standards = {control.rule for control in controls().values()} | {
        control.set_rule for control in controls().values()
    }
    assert not {finding.rule.partition("/")[2] for finding in findings} & standards
    assert sum(finding.rule == "kubernetes/pod-security-level-violated" for finding in findings) == 5


def test_an_ignored_level_rule_gives_its_places_back(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(
        ENFORCED.format(level="baseline", version="latest") + pod("hostPID: true\n" + CONFORMING), encoding="utf-8"
    )
    settings = Settings(extend_select=("kubernetes/host-pid",), ignore=("kubernetes/pod-security-level-violated",))
    assert [finding.rule for finding in check(tmp_path, settings).findings] == ["kubernetes/host-pid"]


def test_facts_are_consistent() -> None:
    newest = (1, 99)
    assert {control.id for control in active("baseline", newest)} < set(controls())
    replaced = {name for control in controls().values() for name in control.overrides}
    assert replaced <= {control.id for control in active("baseline", newest)}
    assert not replaced & {control.id for control in active("restricted", newest)}
    assert all(control.allowed or control.forbidden for control in controls().values())
    for component in components().values():
        for flag_check in component.checks:
            assert flag_check.flags
            assert flag_check.test in {"is", "not", "absent", "set", "includes", "excludes", "no-part"}
    assert rights("exec")


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD", "db-password", "dbPassword", "MYSQLPASSWORD", "AWS_SECRET_ACCESS_KEY", "AZURE_BATCH_KEY", "API_KEY",
     "github.token", "CLIENT_SECRET", "OCI_CLI_KEY_CONTENT", "STORAGE_ACCOUNT_KEY", "SSH_KEY"],
)  # fmt: skip
def test_names_that_promise_a_secret(name: str) -> None:
    assert promises_secret(name)


@pytest.mark.parametrize(
    "name",
    ["DB_PASSWORD_FILE", "SECRET_NAME", "TOKEN_PATH", "TOKEN_TTL", "MAX_TOKENS", "PUBLIC_KEY", "JWT_PUBLIC_KEY_TOKEN",
     "KEYBOARD", "MONKEY", "PASSWORDLESS", "ALLOW_EMPTY_PASSWORD", "TOKEN_KEY", "SECRET_BACKEND", "KEY", "COMPASS", ""],
)  # fmt: skip
def test_names_that_promise_none(name: str) -> None:
    assert not promises_secret(name)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("hunter2", "a secret"),
        ("482910", "a secret"),
        ("postgres://shop:hunter2@db/shop", "a URL with a password"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHc\n", "a private key"),
        ("postgres://db/shop", None),
        ("postgres://shop:${PASSWORD}@db/shop", None),
        ("postgres://shop:$(PASSWORD)@db/shop", None),
        ("http://[broken", None),
        ("changeme", None),
        ("<password>", None),
        ("/run/secrets/db", None),
        ("vault:secret/data/db#password", None),
        ("true", None),
        ("123", None),
        ("****", None),
        ("DB_PASSWORD_VALUE", None),
        ("", None),
    ],
)
def test_values_that_are_secrets(value: str, kind: str | None) -> None:
    node = Scalar(SourceFile("web.yaml", value), 0, len(value), value)
    assert literal_secret("DB_PASSWORD", node) == kind
