"""Istio: durations, what a route lets a request take, and budgets along call chains."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.build import build
from kubelint.check import check
from kubelint.config import Settings
from kubelint.discovery import systems
from kubelint.graph.query import Graph
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.systems.istio.durations import duration, duration_fault
from kubelint.systems.istio.fault_reach import unmet_faults
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.reach import budget_cuts, delay_cuts
from kubelint.systems.istio.timeouts import DEFAULT_RETRIES, Budget, InjectedDelay, RoutePolicy
from kubelint.systems.kubernetes.duration import MILLISECOND, SECOND, parse_duration, show_duration
from kubelint.tree.node import Scalar


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3s", 3),
        ("1.5s", 1.5),
        (".5s", 0.5),
        ("1.s", 1),
        ("500ms", 0.5),
        ("1h30m", 5400),
        ("1m0.25s", 60.25),
        ("-2s", -2),
        ("+2s", 2),
        ("0", 0),
        ("0s", 0),
        ("100us", 0.0001),
        ("100µs", 0.0001),
    ],
)
def test_durations_are_read_as_go_reads_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == round(seconds * SECOND)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "1.5",
        "1d",
        "3 s",
        "s",
        ".s",
        "1s2",
        "--1s",
        "٣s",
        "9999999999h",
        "1e3s",
        "1_000s",
        "1S",
        "1" * 200 + "s",
    ],
)
def test_what_go_does_not_read_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3000ms", "3s"),
        ("2.5s", "2.5s"),
        ("500ms", "500ms"),
        ("90s", "1m30s"),
        ("120m", "2h"),
        ("0s", "0s"),
        ("1.5ms", "1.5ms"),
        ("250us", "250µs"),
        ("3601s", "1h1s"),
    ],
)
def test_durations_are_shown_as_people_write_them(text: str, shown: str) -> None:
    value = parse_duration(text)
    assert value is not None
    assert show_duration(value) == shown


def scalar(text: str) -> Scalar:
    return Scalar(SourceFile("route.yaml", text), 0, len(text), text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("3s", None),
        ("1ms", None),
        ("{{ .Values.timeout }}", None),
        ("0s", "is shorter than 1ms"),
        ("-3s", "is shorter than 1ms"),
        ("999us", "is shorter than 1ms"),
        ("1.0005s", "is no whole number of milliseconds"),
        ("5", "is no duration"),
    ],
)
def test_istio_wants_whole_milliseconds(text: str, fault: str | None) -> None:
    assert duration_fault(scalar(text)) == fault
    assert (duration(scalar(text)) is None) == (fault is not None or "{{" in text)


# -- one route -----------------------------------------------------------------------------------------------------


def policy_of(root: Path, body: str) -> RoutePolicy:
    return RoutePolicy.of(virtual_service(root, body).http[0])


def virtual_service(root: Path, body: str) -> VirtualService:
    text = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: reviews\n"
    (root / "route.yaml").write_text(f"{text}spec:\n  hosts: [reviews]\n  http:\n  - {body}\n", encoding="utf-8")
    (found,) = graph_of(root).subjects(VirtualService)
    return found


def graph_of(root: Path) -> Graph:
    return build(Repository(root), Settings(), systems()).graph


T, P = 10 * SECOND, 2 * SECOND


@pytest.mark.parametrize(
    ("body", "attempt", "longest", "fitting"),
    [
        # Nothing is limited where nothing is written down, but two retries are the default.
        ("name: a", None, None, 1 + DEFAULT_RETRIES),
        ("timeout: 10s", T, T, 3),
        # 1 + attempts tries of perTryTimeout each, if a slow try is retried at all.
        ("{timeout: 10s, retries: {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}}", P, 4 * P, 4),
        ("{timeout: 10s, retries: {attempts: 3, perTryTimeout: 2s, retryOn: 'connect-failure, reset'}}", P, 4 * P, 4),
        ("{timeout: 10s, retries: {attempts: 3, perTryTimeout: 2s}}", P, P, 4),
        ("{timeout: 10s, retries: {attempts: 3, perTryTimeout: 2s, retryOn: '503'}}", P, P, 4),
        ("{timeout: 10s, retries: {attempts: 9, perTryTimeout: 2s, retryOn: gateway-error}}", P, T, 5),
        ("{retries: {attempts: 1, perTryTimeout: 2s, retryOn: 5xx}}", P, 2 * P, 2),
        # A limit for one try that is not shorter than the whole request's is ignored.
        ("{timeout: 2s, retries: {attempts: 2, perTryTimeout: 2s, retryOn: 5xx}}", P, P, 1),
        ("{timeout: 2s, retries: {attempts: 2, perTryTimeout: 3s, retryOn: 5xx}}", P, P, 0),
        # retries without attempts switches them off, and so does 0.
        ("{timeout: 10s, retries: {perTryTimeout: 2s, retryOn: 5xx}}", P, P, 1),
        ("{timeout: 10s, retries: {attempts: 0}}", T, T, 1),
        # What Istio refuses, or nobody knows yet, limits nothing here.
        ("timeout: 0s", None, None, 3),
        ("timeout: 5", None, None, 3),
        ("timeout: '${TIMEOUT}'", None, None, 3),
    ],
)
def test_what_a_route_lets_a_request_take(
    tmp_path: Path, body: str, attempt: int | None, longest: int | None, fitting: int
) -> None:
    policy = policy_of(tmp_path, body)
    assert (policy.attempt, policy.longest, policy.fitting_tries) == (attempt, longest, fitting)


SLOW = "{timeout: %s, retries: {attempts: 2, perTryTimeout: 2s, retryOn: 5xx}}"


@pytest.mark.parametrize(
    ("own", "attempts", "pause", "body", "attempt", "total", "arithmetic"),
    [
        (None, 1, 0, "name: a", None, None, "no limit"),
        (3, 1, 0, "name: a", 3, 3, "3s"),
        (3, 2, 0, "name: a", 3, 6, "3s × 2 tries = 6s"),  # noqa: RUF001
        (3, 3, 1, "name: a", 3, 11, "3s × 3 tries + 2s = 11s"),  # noqa: RUF001
        (None, 1, 0, SLOW % "10s", 2, 6, "2s × 3 tries = 6s"),  # noqa: RUF001
        (None, 2, 0, SLOW % "10s", 2, 12, "2s × 3 tries × 2 attempts = 12s"),  # noqa: RUF001
        # The timeout of the route, or the program's own, ends the tries of the proxy.
        (None, 1, 0, SLOW % "5s", 2, 5, "5s"),
        (4, 2, 0, SLOW % "10s", 2, 8, "4s × 2 tries = 8s"),  # noqa: RUF001
        (1, 1, 0, SLOW % "10s", 1, 1, "1s"),
    ],
)
def test_what_a_call_may_take(
    tmp_path: Path,
    own: int | None,
    attempts: int,
    pause: int,
    body: str,
    attempt: int | None,
    total: int | None,
    arithmetic: str,
) -> None:
    limit = None if own is None else own * SECOND
    budget = Budget(limit, attempts, pause * SECOND, policy_of(tmp_path, body))
    assert budget.attempt == (None if attempt is None else attempt * SECOND)
    assert budget.total == (None if total is None else total * SECOND)
    assert budget.arithmetic == arithmetic


@pytest.mark.parametrize(
    ("retries", "room", "pauses"),
    [
        ("{attempts: 3, backoff: 2s}", 1, [0, 2, 8, 22]),
        ("{attempts: 3, backoff: 1s}", 2, [0, 1, 4, 11, 21, 31]),
        ("{attempts: 3, backoff: 500ms}", 3, [0, 0.5]),
    ],
)
def test_pauses_between_tries_grow(tmp_path: Path, retries: str, room: int, pauses: list[float]) -> None:
    policy = policy_of(tmp_path, f"{{timeout: 3s, retries: {retries}}}")
    assert policy.unpaused_retries == room
    assert [policy.pauses(number) for number in range(len(pauses))] == [pause * SECOND for pause in pauses]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{percentage: {value: 100}, fixedDelay: 7s}", (7 * SECOND, 100)),
        ("{percentage: {value: 0.5}, fixedDelay: 500ms}", (500 * MILLISECOND, 0.5)),
        ("{percent: 10, fixedDelay: 7s}", (7 * SECOND, 10)),
        ("{percent: 10, percentage: {value: 20}, fixedDelay: 7s}", (7 * SECOND, 20)),
        ("{percent: 10, percentage: {}, fixedDelay: 7s}", None),
        ("{fixedDelay: 7s}", None),
        ("{percentage: {value: 0}, fixedDelay: 7s}", None),
        ("{percentage: {value: 100}, fixedDelay: 0s}", None),
        ("{percentage: {value: 100}}", None),
    ],
)
def test_a_delay_needs_a_share_of_the_requests(tmp_path: Path, body: str, expected: tuple[int, float] | None) -> None:
    route = virtual_service(tmp_path, f"fault: {{delay: {body}}}").http[0]
    delay = InjectedDelay.of(route)
    assert (None if delay is None else (delay.time, delay.percentage)) == expected


# -- chains --------------------------------------------------------------------------------------------------------


def application(name: str, calls: str = "", app: str = "") -> str:
    """Return a Deployment, and its Service where it stands for the app itself."""
    app = app or name
    labels = f"{{app: {app}, version: {name}}}"
    text = (
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n"
        + (f"  annotations:\n    kubelint.io/calls: {calls}\n" if calls else "")
        + f"spec:\n  selector:\n    matchLabels: {labels}\n  template:\n    metadata:\n      labels: {labels}\n"
        f"    spec:\n      containers:\n      - name: {app}\n        image: {app}:1.0.0\n"
    )
    if app != name:
        return text
    return (
        text + f"---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {app}\n"
        f"spec:\n  selector: {{app: {app}}}\n  ports:\n  - port: 80\n"
    )


def routes(host: str, *bodies: str, name: str = "", gateway: bool = False) -> str:
    listed = "".join(f"  - {{{body}, route: [{{destination: {{host: {host}}}}}]}}\n" for body in bodies)
    bound = f"  hosts: [{host}.example.com]\n  gateways: [public]\n" if gateway else f"  hosts: [{host}]\n"
    return (
        f"---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: {name or host}\n"
        f"spec:\n{bound}  http:\n{listed}"
    )


DELAY = "fault: {delay: {percentage: {value: 100}, fixedDelay: %s}}"


def cuts(root: Path, *texts: str) -> tuple[list[str], list[str]]:
    """Return the delays and the budgets that are cut, each as ``value < who after how long``."""
    (root / "all.yaml").write_text("".join(texts), encoding="utf-8")
    graph = graph_of(root)
    delays = [
        f"{cut.delay.node.text} < {cut.wait.caller.name} after {show_duration(cut.wait.time or 0)}"
        + (" itself" if cut.direct else "")
        for cut in delay_cuts(graph)
    ]
    budgets = [
        f"{show_duration(cut.time)} of {cut.owner.name} at {cut.node.text}"
        f" < {cut.wait.caller.name} after {show_duration(cut.wait.time or 0)}"
        for cut in budget_cuts(graph)
    ]
    return delays, budgets


def bookinfo(reviews: str, page: str = "reviews timeout=3s attempts=2") -> str:
    return application("productpage", page) + application("reviews", reviews) + application("ratings")


@pytest.mark.parametrize(
    ("reviews", "delay", "delays", "budgets"),
    [
        # The six cases of Bookinfo, with the timeouts that its programs have.
        ("ratings timeout=10s", "", [], ["10s of reviews at 10s < productpage after 3s"]),
        ("ratings timeout=10s", "7s", ["7s < productpage after 3s"], ["10s of reviews at 10s < productpage after 3s"]),
        ("ratings timeout=2500ms", "7s", ["7s < reviews after 2.5s itself"], []),
        ("ratings timeout=2500ms", "2s", [], []),
        ("details", "7s", [], []),
        ("ratings", "7s", ["7s < productpage after 3s"], []),
        ("ratings", "3s", [], []),
    ],
)
def test_bookinfo(tmp_path: Path, reviews: str, delay: str, delays: list[str], budgets: list[str]) -> None:
    mesh = routes("ratings", DELAY % delay) if delay else ""
    assert cuts(tmp_path, bookinfo(reviews), mesh) == (delays, budgets)


def test_a_route_further_up_cuts_sooner_than_the_program(tmp_path: Path) -> None:
    mesh = routes("reviews", "timeout: 500ms") + routes("ratings", DELAY % "2s")
    delays, budgets = cuts(tmp_path, bookinfo("ratings timeout=10s"), mesh)
    assert delays == ["2s < productpage after 500ms"]
    assert budgets == ["10s of reviews at 10s < productpage after 500ms"]


def test_retries_of_a_route_give_each_try_its_own_limit(tmp_path: Path) -> None:
    mesh = routes("reviews", "timeout: 6s, retries: {attempts: 1, perTryTimeout: 3s, retryOn: 5xx}")
    mesh += routes("ratings", DELAY % "7s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh) == (["7s < productpage after 3s"], [])


def test_the_most_patient_route_and_the_most_patient_caller_count(tmp_path: Path) -> None:
    matched = "match: [{headers: {end-user: {exact: jason}}}], timeout: 1s"
    mesh = routes("reviews", matched, "name: rest") + routes("ratings", "timeout: 5s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh) == ([], [])
    mesh = routes("reviews", "timeout: 1s") + routes("ratings", "timeout: 5s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh)[1] == ["5s of ratings at 5s < productpage after 1s"]
    batch = application("batch", "ratings")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), batch, mesh) == ([], [])


def test_the_callers_own_limit_makes_a_longer_timeout_of_the_route_useless(tmp_path: Path) -> None:
    mesh = routes("reviews", "timeout: 5s")
    assert cuts(tmp_path, bookinfo("ratings"), mesh)[1] == ["5s of reviews at 5s < productpage after 3s"]
    assert cuts(tmp_path, bookinfo("ratings"), routes("reviews", "timeout: 3s"))[1] == []


def test_tries_are_added_up(tmp_path: Path) -> None:
    mesh = routes("ratings", "retries: {attempts: 2, perTryTimeout: 2s, retryOn: 5xx}")
    assert cuts(tmp_path, bookinfo("ratings"), mesh)[1] == ["6s of ratings at 2s < productpage after 3s"]
    mesh = routes("ratings", "retries: {attempts: 2, perTryTimeout: 2s}")  # a slow try is not repeated
    assert cuts(tmp_path, bookinfo("ratings"), mesh)[1] == []
    assert cuts(tmp_path, bookinfo("ratings timeout=2s attempts=2"))[1] == ["4s of reviews at 2 < productpage after 3s"]


def test_gateways_are_callers(tmp_path: Path) -> None:
    edge = routes("productpage", "timeout: 2s", name="edge", gateway=True)
    mesh = edge + routes("ratings", DELAY % "2500ms")
    delays, budgets = cuts(tmp_path, bookinfo("ratings"), mesh)
    assert delays == ["2500ms < edge after 2s"]
    assert budgets == ["6s of productpage at 3s < edge after 2s"]


def test_a_route_for_other_callers_is_not_taken(tmp_path: Path) -> None:
    other = "match: [{sourceLabels: {app: batch}}], timeout: 1s"
    mesh = routes("reviews", other) + routes("ratings", DELAY % "2s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh) == ([], [])
    mine = "match: [{sourceLabels: {app: productpage}}], timeout: 1s"
    mesh = routes("reviews", mine) + routes("ratings", DELAY % "2s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh)[0] == ["2s < productpage after 1s"]


def test_routes_of_http_do_nothing_at_other_ports(tmp_path: Path) -> None:
    mesh = routes("reviews", "timeout: 1s") + routes("ratings", DELAY % "2s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh)[0] == ["2s < productpage after 1s"]
    tcp = bookinfo("ratings", "reviews").replace("- port: 80\n", "- port: 80\n    name: tcp\n")
    assert cuts(tmp_path, tcp, mesh) == ([], [])


def test_a_caller_without_proxy_has_only_its_own_limits(tmp_path: Path) -> None:
    mesh = routes("reviews", "timeout: 1s") + routes("ratings", DELAY % "2s")
    alone = bookinfo("ratings", "reviews").replace("    spec:\n", "    spec:\n      hostNetwork: true\n", 1)
    assert cuts(tmp_path, alone, mesh) == ([], [])


def test_the_mesh_may_have_its_own_retries(tmp_path: Path) -> None:
    operator = (
        "---\napiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: mesh}\nspec:\n  meshConfig:\n"
        "    defaultHttpRetryPolicy: {attempts: 1, perTryTimeout: 1s, retryOn: 5xx}\n"
    )
    mesh = routes("reviews", "name: all") + routes("ratings", DELAY % "2s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh, operator)[0] == ["2s < productpage after 1s"]
    mesh = routes("reviews", "retries: {}") + routes("ratings", DELAY % "2s")
    assert cuts(tmp_path, bookinfo("ratings", "reviews"), mesh, operator)[0] == []


@pytest.mark.parametrize(
    ("header", "met"),
    [("{end-user: {exact: jason}}", False), ("{end-user: {exact: anna}}", True), ("{x-test: {exact: jason}}", True)],
)
def test_a_fault_for_requests_that_are_routed_past_its_callers(tmp_path: Path, header: str, met: bool) -> None:
    versions = application("v1", app="reviews") + application("v2", "ratings", app="reviews")
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {selector: {app: reviews}}\n"
    rule = (
        "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\n"
        "spec: {host: reviews, subsets: [{name: a, labels: {version: v1}}, {name: b, labels: {version: v2}}]}\n"
    )
    split = (
        "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews}\n"
        "spec:\n  hosts: [reviews]\n  http:\n"
        "  - match: [{headers: {end-user: {exact: jason}}}]\n    route: [{destination: {host: reviews, subset: a}}]\n"
        "  - route: [{destination: {host: reviews, subset: b}}]\n"
    )
    fault = routes("ratings", f"match: [{{headers: {header}}}], " + DELAY % "2s", "name: rest")
    callers = application("productpage", "reviews") + application("ratings")
    (tmp_path / "all.yaml").write_text(callers + service + versions + rule + split + fault, encoding="utf-8")
    assert [found.caller.name for found in unmet_faults(graph_of(tmp_path))] == ([] if met else ["v2"])


def test_alternatives_are_judged_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "patient.yaml").write_text(routes("reviews", "name: all"), encoding="utf-8")
    (tmp_path / "hasty.yaml").write_text(routes("reviews", "timeout: 1s"), encoding="utf-8")
    delays, budgets = cuts(tmp_path, bookinfo("ratings timeout=2s", "reviews"), routes("ratings", DELAY % "2s"))
    assert delays == ["2s < productpage after 1s"]  # with the hasty one
    assert budgets == []  # with the patient one it takes effect


@pytest.mark.parametrize(("weights", "reached"), [((100, 0), False), ((90, 10), True)])
def test_only_the_subsets_that_get_requests_count(tmp_path: Path, weights: tuple[int, int], reached: bool) -> None:
    versions = application("v1", app="reviews") + application("v2", "ratings", app="reviews")
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: reviews}\nspec: {selector: {app: reviews}}\n"
    rule = (
        "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews}\n"
        "spec: {host: reviews, subsets: [{name: a, labels: {version: v1}}, {name: b, labels: {version: v2}}]}\n"
    )
    split = (
        "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews}\n"
        "spec:\n  hosts: [reviews]\n  http:\n  - route:\n"
        f"    - {{destination: {{host: reviews, subset: a}}, weight: {weights[0]}}}\n"
        f"    - {{destination: {{host: reviews, subset: b}}, weight: {weights[1]}}}\n"
    )
    callers = application("productpage", "reviews timeout=3s") + application("ratings")
    delays, _ = cuts(tmp_path, callers, service, versions, rule, split, routes("ratings", DELAY % "7s"))
    assert delays == (["7s < productpage after 3s"] if reached else [])


def test_a_cycle_has_no_outermost_caller(tmp_path: Path) -> None:
    text = application("one", "two timeout=1s") + application("two", "one timeout=2s")
    assert cuts(tmp_path, text, routes("one", "timeout: 1500ms")) == ([], [])


def test_a_long_chain_and_a_dense_one_end(tmp_path: Path) -> None:
    chain = "".join(application(f"step-{n}", f"step-{n + 1}") for n in range(300)) + application("step-300")
    first = application("start", "step-0 timeout=1s")
    assert cuts(tmp_path, chain, first, routes("step-300", DELAY % "2s"))[0] == ["2s < start after 1s"]
    layers = "".join(
        application(f"l{layer}-{n}", " ".join(f"l{layer + 1}-{m}" for m in range(4)))
        for layer in range(12)
        for n in range(4)
    )
    last = "".join(application(f"l12-{n}") for n in range(4))
    start = application("start", "l0-0 timeout=1s")
    root = tmp_path / "dense"
    root.mkdir()
    delays, _ = cuts(root, layers, last, start, routes("l12-0", DELAY % "2s"))
    assert set(delays) == {"2s < start after 1s"}


# -- Bookinfo ------------------------------------------------------------------------------------------------------

REPOSITORIES = Path(__file__).resolve().parent.parent / "fixtures" / "repositories"


@pytest.mark.parametrize(
    ("case", "rules"),
    [
        (1, ["istio/unreachable-timeout"]),
        (2, ["istio/delay-breaks-caller", "istio/unreachable-timeout"]),
        (3, ["istio/delay-fires-timeout"]),
        (4, []),
        (5, ["istio/delay-breaks-caller", "istio/rival-timeouts"]),
        (6, ["istio/fault-never-met"]),
    ],
)
def test_each_case_of_bookinfo_has_its_findings_and_no_others(case: int, rules: list[str]) -> None:
    report = check(REPOSITORIES / f"bookinfo-{case}", Settings())
    assert sorted(finding.rule for finding in report.findings) == rules


def test_the_arithmetic_stands_in_the_headline() -> None:
    (finding,) = check(REPOSITORIES / "bookinfo-1", Settings()).findings
    assert finding.headline == "3s × 2 tries = 6s, but `reviews-v2` may wait 10s for `ratings`"  # noqa: RUF001
    assert finding.path == (
        "Deployment/productpage-v1",
        "Service/reviews",
        "Deployment/reviews-v2",
        "Service/ratings",
    )


def test_copies_of_an_application_do_not_see_each_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "apps").mkdir(parents=True)
        (tmp_path / name / "mesh").mkdir()
        timeout = "2s" if name == "one" else "20s"
        (tmp_path / name / "apps" / "all.yaml").write_text(bookinfo("ratings timeout=10s", "reviews"), encoding="utf-8")
        (tmp_path / name / "mesh" / "all.yaml").write_text(routes("reviews", f"timeout: {timeout}"), encoding="utf-8")
    assert [cut.node.span.file.path for cut in budget_cuts(graph_of(tmp_path))] == ["one/apps/all.yaml"]
