"""What no file may do, read from the syntax trees: each rule is shown to bite on a line of its own."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.house.source import EVERYTHING, HOUSE, Source, sources, texts

Finder = Callable[[ast.AST], bool]


@dataclass(frozen=True)
class Ban:
    """One thing that is not done in these rooms, outside the files that are there for it, and two lines that would."""

    name: str
    finds: Finder
    rooms: tuple[str, ...]
    guilty: tuple[str, ...]
    innocent: tuple[str, ...] = ()
    allowed: tuple[str, ...] = field(default=())

    def broken_in(self, source: Source) -> Iterator[str]:
        """Say where a file does it."""
        if not any(re.fullmatch(pattern, source.path) for pattern in self.allowed):
            yield from (f"{source.path}:{getattr(node, 'lineno', 0)}" for node in source.nodes() if self.finds(node))


def dotted(node: ast.AST) -> str:
    """Write `a.b.c` as it stands; what is not a plain name becomes `?`."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


def called(pattern: str) -> Finder:
    return lambda node: isinstance(node, ast.Call) and re.fullmatch(pattern, dotted(node.func)) is not None


def attribute(pattern: str) -> Finder:
    return lambda node: isinstance(node, ast.Attribute) and re.fullmatch(pattern, node.attr) is not None


def word(pattern: str) -> Finder:
    """Find a string, a name, an argument or an attribute that is exactly this."""
    fields = {ast.Constant: "value", ast.Name: "id", ast.arg: "arg", ast.keyword: "arg", ast.Attribute: "attr"}

    def finds(node: ast.AST) -> bool:
        said = getattr(node, fields.get(type(node), ""), None)
        return isinstance(said, str) and re.fullmatch(pattern, said) is not None

    return finds


def either(*finders: Finder) -> Finder:
    return lambda node: any(finds(node) for finds in finders)


def compares(mentions: Finder) -> Finder:
    """Find comparisons, intersections and tests of sets in which one side is this."""

    def finds(node: ast.AST) -> bool:
        if isinstance(node, ast.Compare):
            return any(mentions(side) for side in (node.left, *node.comparators))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.Sub):
            return mentions(node.left) or mentions(node.right)
        if isinstance(node, ast.Call) and attribute(r"isdisjoint|intersection|is(sub|super)set")(node.func):
            return any(mentions(part) for side in (node.func, *node.args) for part in ast.walk(side))
        return False

    return finds


def a_role(node: ast.AST) -> bool:
    """Find what somebody is to a programme: the roles of a member, or one role by its name."""
    return isinstance(node, ast.Attribute) and (node.attr == "roles" or dotted(node.value).rpartition(".")[2] == "Role")


BANS = [
    Ban(
        "who may do what is judged in peersupport/people.py: ask may(), may_in_programme() or actors.entitled()",
        compares(a_role),
        HOUSE,
        ("if Role.ADMIN in member.roles: pass", "if member.roles & ADMINS: pass", "ADMINS.isdisjoint(seat.roles)"),
        ("roles = {Role.ADMIN}", "may_in_programme(duty, member.roles)"),
        # The second tells the rows of two tables apart, and reads no role.
        ("peersupport/people.py", "store/repositories/members.py"),
    ),
    Ban(
        "whose request it is, is read with the other facts about a caller",
        called(r".*\.is_requester"),
        HOUSE,
        ("own = await work.requests.is_requester(id, who)",),
        ("actor.requester",),
        ("peersupport/actors.py",),
    ),
    Ban(
        "say() answers where a command was typed, for all to see",
        either(
            lambda node: isinstance(node, ast.Await) and called(r"(.*\.)?say")(node.value),
            lambda node: isinstance(node, ast.arg) and node.arg == "say",
        ),
        HOUSE,
        ("await say('hello')", "await context.say(text='hello')", "async def listener(ack, say): pass"),
        ("saying()",),
    ),
    Ban(
        "an answer in_channel is public",
        word("in_channel"),
        HOUSE,
        ("answer = {'response_type': 'in_channel'}",),
        ("kind = 'ephemeral'",),
    ),
    Ban(
        "link_names turns text into mentions",
        word("link_names"),
        HOUSE,
        ("post(link_names=True)", "a['link_names'] = 1"),
    ),
    Ban(
        "what is typed into an external select reaches logs: use a picker of members",
        word(r"(multi_)?external_select|(Static|Multi)*ExternalSelect\w*|ExternalSelect\w*|block_suggestion"),
        HOUSE,
        ("block = {'type': 'external_select'}", "block = {'type': 'multi_external_select'}", "ExternalSelectElement()"),
        ("block = {'type': 'users_select'}",),
    ),
    Ban(
        "only the gateway posts messages and files",
        either(
            attribute(r"(chat|files)_\w+"),
            lambda node: (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"(chat|files)\.\w+", node.value) is not None
            ),
        ),
        HOUSE,
        (
            "await client.chat_postMessage(channel='C')",
            "await client.files_upload_v2()",
            "await api_call('chat.postMessage')",
        ),
        ("await client.views_open()",),
        ("handlers/gateway.py", "handlers/slack_faults.py"),
    ),
    Ban(
        "print is for what a person runs by hand",
        called("print"),
        EVERYTHING,
        ("print('x')",),
        ("pprint_later()",),
        (r"bot/cli\w*\.py", "bench/.*", "tools/.*", "simulator/(__main__|demo)\\.py", r"tests/(play\b.*|postgres\.py)"),
    ),
    Ban(
        "the clock is passed in",
        called(r"(.*\.)?(datetime|date)\.(now|utcnow|today)|time\.time(_ns)?"),
        ("handlers", "peersupport", "store"),
        ("datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "time.time()"),
        ("clock.now()", "time.monotonic()"),
    ),
    Ban(
        "only the unit of work commits",
        attribute("commit"),
        ("bot", "handlers", "peersupport", "store"),
        ("await session.commit()",),
        ("committed()",),
        (r"store/(store|transaction|connections|writer|links|unit_of_work|keyring\w*|migrations/env)\.py",),
    ),
    Ban(
        "randomness and ids are passed in",
        called(r"(random|secrets)\.\w+|(uuid\.)?uuid\d|os\.urandom"),
        ("handlers", "peersupport"),
        ("secrets.token_hex(4)", "random.random()", "uuid.uuid4()", "uuid4()", "os.urandom(8)"),
        ("ids.new()",),
    ),
    Ban(
        "asserts about the outcome, never about how long it took: no sleeping to move time",
        called(r"time\.sleep|freeze_time"),
        (*HOUSE, "simulator"),
        ("time.sleep(1)",),
        ("asyncio.sleep(0)",),
    ),
    Ban(
        "no test is left out or expected to fail; what cannot run here is skipped by a fixture, with its reason",
        either(attribute("skipif|xfail|importorskip"), called(r"pytest\.(mark\.)?skip"), called("unittest.skip")),
        ("tests",),
        ("pytest.mark.xfail(strict=True)", "pytest.skip('later')", "pytest.importorskip('x')"),
        ("pytest.mark.faults()",),
        (r"(tests/|tests/.*/)conftest\.py", r"tests/browser\.py"),
    ),
]
BY_NAME = [pytest.param(ban, id=ban.name) for ban in BANS]


def parsed(line: str, path: str) -> Source:
    return Source(path, ast.parse(line))


@pytest.mark.parametrize("ban", BY_NAME)
def test_nobody_does_it(ban: Ban) -> None:
    places = [place for source in sources(*ban.rooms) for place in ban.broken_in(source)]
    assert not places, "\n".join(places)


@pytest.mark.parametrize("ban", BY_NAME)
def test_the_rule_bites(ban: Ban) -> None:
    for line in ban.guilty:
        assert list(ban.broken_in(parsed(line, f"{ban.rooms[0]}/x.py"))), line
    for line in ban.innocent:
        assert list(ban.broken_in(parsed(line, f"{ban.rooms[0]}/x.py"))) == [], line


# Bracketed, so that this file does not find itself.
WRITTEN = {
    "left unfinished": r"\b(TO[D]O|FIX[M]E|X[X]X|NotImplemented[E]rror)\b",
    "a registry's host": r"p[y]pi\.(org|python)|python[h]osted\.|npm[j]s\.|deb\.[d]ebian|registry\.[n]pm",
    "a path of one machine": r"/[w]ork/|/[h]ome/\w|/[U]sers/\w|/[r]oot/|\.\./[s]hared",
}


@pytest.mark.parametrize("what", WRITTEN)
def test_no_kept_file_holds(what: str) -> None:
    pattern = re.compile(WRITTEN[what])
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_every_test_folder_is_a_package() -> None:
    folders = {source.path.rpartition("/")[0] for source in sources("tests")}
    packages = {
        source.path.removesuffix("/__init__.py") for source in sources("tests") if source.path.endswith("/__init__.py")
    }
    assert folders - packages == set()
