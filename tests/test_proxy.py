"""Proxy settings: which values are reported and which are left alone, whatever system sets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kubelint import fix
from kubelint.check import check
from kubelint.config import Settings
from kubelint.discovery import rules
from kubelint.finding import Finding, Severity
from kubelint.source import SourceFile
from kubelint.systems.systemd.read import read_environment
from kubelint_rules.proxy._exceptions import covers

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
FIXABLE = [rule.identity() for rule in rules() if rule.fixable and rule.family() in ("kubespray", "proxy")]


def findings_for(root: Path, **environment: str) -> list[Finding]:
    service = {"image": "registry.example.net/web:2.4", "environment": environment}
    (root / "compose.yaml").write_text(json.dumps({"services": {"web": service}}), encoding="utf-8")
    return [finding for finding in check(root).findings if finding.rule.startswith("proxy/")]


URLS = {
    "http://proxy": None,
    "http://proxy:3128": None,
    "http://proxy:3128/": None,
    "HTTP://user:secret@proxy:3128": None,
    "http://[2001:db8::9]:3128": None,
    "socks5h://proxy:1080": None,
    "proxy:3128": None,
    "http:3128": None,
    "https:3128": None,
    "socks": None,
    "none": None,
    "": None,
    "http:/proxy:3128": "http:/",
    "http:proxy:3128": "http:",
    "http//proxy:3128": "http//",
    "http/proxy:3128": "http/",
    "htp://proxy:3128": "htp",
    "ftp://proxy:21": "ftp",
    "http://": "http://",
    "http://:3128": "http://:3128",
    "http://proxy:": None,
    "http://proxy:x": "x",
    "http://proxy:0": "0",
    "http://proxy:70000": "70000",
    "http://proxy:3128:3128": "3128:3128",
    " http://proxy:3128": " http://proxy:3128",
    "http://pro xy:3128": "http://pro xy:3128",
    "'http://proxy:3128'": "'http://proxy:3128'",
}


@pytest.mark.parametrize(("url", "place"), URLS.items())
def test_url_is_reported_at_the_part_that_is_wrong(url: str, place: str | None, tmp_path: Path) -> None:
    found = findings_for(tmp_path, HTTP_PROXY=url)
    assert [(finding.rule, finding.span.text.strip('"')) for finding in found] == (
        [] if place is None else [("proxy/malformed-url", place)]
    )


EXCEPTIONS = {
    "localhost,127.0.0.1,.svc,svc,10.96.0.0/12,::1,fd00::/8,a:80,*": [],
    "a, b ,c,": [],
    "*example.com": [],
    "192.168.99.1/24": [],
    "path/24": [],
    "a;b;c": [";"],
    "a b": [" "],
    "10.,10.96.,1.2.3.": ["10.", "10.96.", "1.2.3."],
    "10.96.*,a.*.b,*.svc": ["10.96.*", "a.*.b", "*.svc"],
    "http://a:80/x": ["http://a:80/x"],
    "10.0.0.1-9,10.0.0.1-10.0.0.9,web-1": ["10.0.0.1-9", "10.0.0.1-10.0.0.9"],
    "10.0.0.0/33": ["10.0.0.0/33"],
    "'a','b'": ["'a','b'"],
}


@pytest.mark.parametrize(("value", "places"), EXCEPTIONS.items())
def test_exceptions_are_reported_one_by_one(value: str, places: list[str], tmp_path: Path) -> None:
    found = findings_for(tmp_path, no_proxy=value)
    assert [finding.span.text.strip('"') for finding in found] == places


@pytest.mark.parametrize(
    ("environment", "severity"),
    [
        ({"HTTPS_PROXY": "https://proxy:3128"}, Severity.WARNING),
        ({"HTTPS_PROXY": "HTTPS://proxy:3128"}, Severity.WARNING),
        ({"HTTPS_PROXY": "https://proxy"}, Severity.WARNING),
        ({"HTTPS_PROXY": "https://proxy:3128", "HTTP_PROXY": "http://proxy:3128"}, Severity.ERROR),
        ({"https_proxy": "https://u:p@proxy:9999/", "http_proxy": "http://proxy:9999"}, Severity.ERROR),
        ({"HTTPS_PROXY": "https://proxy:3128", "HTTP_PROXY": "http://proxy:8000"}, Severity.ERROR),
        ({"HTTPS_PROXY": "https://proxy:4128", "HTTP_PROXY": "http://proxy:3128"}, Severity.WARNING),
        ({"HTTPS_PROXY": "https://tls:3128", "HTTP_PROXY": "http://plain:3128"}, Severity.WARNING),
        ({"HTTPS_PROXY": "https://proxy:443", "HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, None),
        ({"API_HTTPS_PROXY_URL": "https://proxy:3128"}, None),
    ],
)
def test_scheme_is_an_error_where_the_same_proxy_is_plain(
    environment: dict[str, str], severity: Severity | None, tmp_path: Path
) -> None:
    found = findings_for(tmp_path, **environment)
    assert [(finding.rule, finding.severity) for finding in found] == (
        [] if severity is None else [("proxy/https-scheme", severity)]
    )


@pytest.mark.parametrize("identity", FIXABLE)
def test_fixes_mend_what_they_are_for(identity: str, tmp_path: Path) -> None:
    root = tmp_path / "bad"
    shutil.copytree(FIXTURES / identity / "bad", root)
    settings = Settings().with_changes(extend_select=(identity,))

    def findings(texts: dict[str, str]) -> list[Finding]:
        return [finding for finding in check(root, settings, overlay=texts).findings if finding.rule == identity]

    before = findings({})
    assert any(finding.fix is not None for finding in before)
    fixed = fix.fix_all(findings, unsafe=True)
    assert fixed.refused == {}
    after = check(root, settings, overlay=fixed.texts).findings
    assert [finding for finding in after if finding.rule == identity and finding.fix is not None] == []
    left = [finding for finding in before if finding.fix is None]
    assert len([finding for finding in after if finding.rule == identity]) == len(left)
    assert [finding.rule for finding in after if finding.rule.startswith("repository/")] == []


# -- wherever a system sets them -----------------------------------------------------------------------------------


def found_in(root: Path, files: dict[str, str]) -> list[tuple[str, str, str]]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [(finding.rule, finding.span.file.path, finding.span.text) for finding in check(root).findings]


WRONG = "https://proxy.example.net:3128"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: web:2.4\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: proxy}\ndata:\n  HTTPS_PROXY: " + WRONG + "\n"
PIPELINE = "kind: pipeline\ntype: docker\nname: default\nsteps:\n- name: test\n  image: golang:1.22\n"
INVENTORY = "[kube_control_plane]\nnode1 ansible_host=10.0.0.11\n\n[etcd]\nnode1\n\n[kube_node]\nnode1\n"
PLACES = {
    "compose": {
        "compose.yaml": f"services:\n  web:\n    image: web:2.4\n    environment:\n      - HTTPS_PROXY={WRONG}\n"
    },
    "compose, env_file": {
        "compose.yaml": "services:\n  web:\n    image: web:2.4\n    env_file: proxy.env\n",
        "proxy.env": f"HTTPS_PROXY={WRONG}\n",
    },
    "compose, build argument": {
        "Dockerfile": "FROM alpine:3.19\n",
        "compose.yaml": f"services:\n  web:\n    build:\n      context: .\n      args:\n        HTTPS_PROXY: {WRONG}\n",
    },
    "drone step": {".drone.yml": PIPELINE + f"  environment:\n    HTTPS_PROXY: {WRONG}\n  commands: [go test]\n"},
    "drone, exported": {".drone.yml": PIPELINE + f"  commands:\n  - export HTTPS_PROXY={WRONG}\n  - go test ./...\n"},
    "drone, exported in a block": {
        ".drone.yml": PIPELINE + f'  commands:\n  - |\n    set -e\n    export HTTPS_PROXY="{WRONG}" && go test\n'
    },
    "container": {"web.yaml": POD + f"    env:\n    - name: HTTPS_PROXY\n      value: {WRONG}\n"},
    "container, by a ConfigMap": {
        "web.yaml": POD + "    envFrom:\n    - configMapRef: {name: proxy}\n",
        "proxy.yaml": MAP,
    },
    "kubespray": {
        "inventory/prod/inventory.ini": INVENTORY,
        "inventory/prod/group_vars/all/all.yml": f"https_proxy: {WRONG}\n",
    },
    "Dockerfile": {"Dockerfile": f"FROM alpine:3.19\nENV HTTPS_PROXY={WRONG}\n"},
    "systemd drop-in": {
        "roles/docker/files/docker.service.d/http-proxy.conf": f'[Service]\nEnvironment="HTTPS_PROXY={WRONG}"\n'
    },
    "systemd unit": {"units/agent.service": f"[Service]\nExecStart=/usr/bin/agent\nEnvironment=HTTPS_PROXY={WRONG}\n"},
}


@pytest.mark.parametrize("place", PLACES)
def test_a_proxy_is_judged_wherever_it_is_set(place: str, tmp_path: Path) -> None:
    files = PLACES[place]
    found = found_in(tmp_path, files)
    assert len(found) == 1, found
    rule, path, text = found[0]
    assert (rule, text.strip('"')) == ("proxy/https-scheme", WRONG)
    assert path == list(files)[-1]


def test_a_variable_of_the_shell_that_is_computed_is_left_alone(tmp_path: Path) -> None:
    commands = "  commands:\n  - export HTTPS_PROXY=https://$HOST:3128\n  - export NO_PROXY=`cat hosts`\n"
    assert found_in(tmp_path, {".drone.yml": PIPELINE + commands}) == []


COVERED = [
    # the entry, the host, whether any client goes past the proxy (measured)
    ("orders", "orders", True),
    ("ORDERS", "orders", True),
    (".svc", "orders.shop.svc", True),
    ("svc", "orders.shop.svc", True),
    ("*.svc", "orders.shop.svc", True),
    (".cluster.local", "orders.shop.svc.cluster.local", True),
    (".example.com", "example.com", True),
    ("10.96.0.0/12", "10.96.0.1", True),
    ("orders:8080", "orders", True),
    ("*", "orders", True),
    ("a, orders", "orders", True),
    ("example.com", "badexample.com", False),
    ("10.96.*", "10.96.0.1", False),
    ("10.", "10.96.0.1", False),
    ("a;orders", "orders", False),
    ("http://orders", "orders", False),
    ("10.96.0.0/12", "10.112.0.1", False),
    ("", "orders", False),
]


@pytest.mark.parametrize(("entry", "host", "covered"), COVERED)
def test_what_an_exception_covers(entry: str, host: str, covered: bool, tmp_path: Path) -> None:
    assert covers(entry, host) is covered
    if host != "orders":
        return
    services = {
        "web": {
            "image": "web:2.4",
            "environment": {"ORDERS_URL": "http://orders:8080", "http_proxy": "http://proxy:3128", "no_proxy": entry},
        },
        "orders": {"image": "orders:1.7"},
    }
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": services}), encoding="utf-8")
    found = [finding for finding in check(tmp_path).findings if finding.rule == "proxy/internal-host-proxied"]
    assert [finding.span.text for finding in found] == ([] if covered else ["orders"])


UNITS = {
    'Environment="A=1" "B=2"': ([("A", "1"), ("B", "2")], []),
    "Environment=A=1 B=2": ([("A", "1"), ("B", "2")], []),
    "Environment='A=1 2'": ([("A", "1 2")], []),
    'Environment=A="1 2"': ([("A", "1 2")], []),
    "Environment=A=1 \\\n  B=2": ([("A", "1"), ("B", "2")], []),
    'Environment="A=p%%40"': ([("A", "p%40")], []),
    'Environment="A=%h/x"': ([("A", "%h/x")], []),
    'Environment="A=p%40"': ([("A", "p%40")], ["%40"]),
    "Environment=A=1, 2": ([("A", "1,")], ["2"]),
    "Environment=": ([], []),
    "# Environment=A": ([], []),
    'Environment="A=1': ([("A", "1")], []),
}


@pytest.mark.parametrize(("line", "expected"), UNITS.items())
def test_lines_of_a_unit_are_cut_as_systemd_cuts_them(
    line: str, expected: tuple[list[tuple[str, str]], list[str]]
) -> None:
    found = read_environment(SourceFile("a.service", f"[Service]\n{line}\n"))
    assert [(name.text, value.text) for name, value in found.assignments] == expected[0]
    assert [fault.span.text for fault in found.faults] == expected[1]
