"""Proxy settings: which values are reported and which are left alone, whatever system sets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kubelint import fix
from kubelint.check import check
from kubelint.discovery import rules
from kubelint.finding import Finding, Severity

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
    "http://<proxy>:<port>": None,
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

    def findings(texts: dict[str, str]) -> list[Finding]:
        return [finding for finding in check(root, overlay=texts).findings if finding.rule == identity]

    before = findings({})
    assert any(finding.fix is not None for finding in before)
    fixed = fix.fix_all(findings, unsafe=True)
    assert fixed.refused == {}
    after = check(root, overlay=fixed.texts).findings
    assert [finding for finding in after if finding.rule == identity and finding.fix is not None] == []
    left = [finding for finding in before if finding.fix is None]
    assert len([finding for finding in after if finding.rule == identity]) == len(left)
    assert [finding.rule for finding in after if finding.rule.startswith("repository/")] == []
