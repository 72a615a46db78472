"""Host patterns of inventories: what they stand for, and what Ansible refuses."""

from __future__ import annotations

import pytest

from kubelint.systems.kubespray.hosts import PatternError, parse_pattern

PATTERNS = {
    "node[1:3]": ["node1", "node2", "node3"],
    "node[01:03]": ["node01", "node02", "node03"],
    "node[08:11]": ["node08", "node09", "node10", "node11"],
    "node[1:6:2]": ["node1", "node3", "node5"],
    "n-[a:c]": ["n-a", "n-b", "n-c"],
    "n[1:2]-[a:b]": ["n1-a", "n1-b", "n2-a", "n2-b"],
    "node[:3]": ["node0", "node1", "node2", "node3"],
    "[1:2].example.com": ["1.example.com", "2.example.com"],
    "node[3:1]": [],
    "node[-1:1]": ["node-1", "node0", "node1"],
    "a,b": ["a,b"],
    "n]1:2[": ["n1", "n2"],
    "2001:db8::1": ["2001:db8::1"],
    "2001:db8::[1:2]": ["2001:db8::1", "2001:db8::2"],
}


@pytest.mark.parametrize(("text", "names"), PATTERNS.items())
def test_pattern_stands_for(text: str, names: list[str]) -> None:
    pattern = parse_pattern(text)
    assert list(pattern.names()) == names
    assert pattern.count == len(names)
    assert pattern.port is None


@pytest.mark.parametrize(
    ("text", "name", "port"),
    [
        ("a:2222", "a", 2222),
        ("1.2.3.4:22", "1.2.3.4", 22),
        ("[2001:db8::1]:22", "2001:db8::1", 22),
        ("n[1:1].x:22", "n1.x", 22),
        ("a:b", "a:b", None),
        ("a:22:33", "a:22:33", None),
        ("a_:22", "a_:22", None),
        ("-a:22", "-a:22", None),
        ("a,b:22", "a,b:22", None),
        ("::1:22", "::1:22", None),
    ],
)
def test_pattern_with_port(text: str, name: str, port: int | None) -> None:
    pattern = parse_pattern(text)
    assert (list(pattern.names()), pattern.port) == ([name], port)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("node[1-3]", "write `[1:3]`"),
        ("node[1..3]", "write `[1:3]`"),
        ("node[01:003]", "write `[001:003]`"),
        ("node[01:3]", "write `[01:03]`"),
        ("node[c:a]", "write `[a:c]`"),
        ("node[1:]", "write the last number: `[1:3]`"),
        ("node[1:3", "close it: `node[1:3]`"),
        ("node[1:3:0]", None),
        ("node[1:c]", "write `[1:3]` or `[a:c]`"),
        ("node[]", "write `[1:3]` or `[1:9:2]`"),
        ("a|[1:2]", None),
    ],
)
def test_pattern_that_ansible_refuses(text: str, advice: str | None) -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern(text)
    assert caught.value.advice == advice
