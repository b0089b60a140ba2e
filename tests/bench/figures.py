"""Figures of a million answers: first ones, counting them once, and each new one after that, beside a bare statement.

The bare statement sums the same numbers of the same rows as a survey's page does, with nothing kept from before.
"""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.surveys.figures import asked as asking
from leumund.surveys.figures import breakdowns, measuring, relating, tallying, trends
from leumund.surveys.figures.loyalty import Rule
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from leumund.tenancy.database import server as servers
from leumund.tenancy.directory import Tenant

_ANSWERS, _CHUNK, _NEW = 1_000_000, 50_000, (1, 1_000, 100_000)
_ZONE = "Europe/Berlin"
# Five marks that go together as people's do, a terminal and a weight each, over two years up to a day ago; drawn by the
# number of the answer.
_FILL = """
INSERT INTO survey_answer (survey, marks, attributes, weight, language, channel, answered_at)
SELECT $1, jsonb_build_object('recommend', mood * 2 + n % 3, 'overall', 1 + mood,
        'again', greatest(1, mood + n / 7 % 2), 'advantage', greatest(1, mood + n / 11 % 2),
        'ease', 1 + mood + n / 13 % 3),
    jsonb_build_object('terminal', (1 + n % 5)::text), 0.5 + n % 3, CASE WHEN n % 3 = 0 THEN 'en' ELSE 'de' END,
    'import', $4::timestamptz - (n % 730) * interval '1 day'
FROM generate_series($2::bigint, $3::bigint) AS n, LATERAL (SELECT n * 7919 / 17 % 5 AS mood) AS glad
"""
_BARE = """
SELECT mark.key, mark.value, count(*), sum(weight), sum(weight * weight)
FROM survey_answer, jsonb_each_text(marks) AS mark
WHERE survey IN (SELECT id FROM survey WHERE key = 'bench') GROUP BY 1, 2
"""
_WORDS = {"de": Wording(question="Wie war es?")}
_ASKED = Definition(
    titles={"de": "Bench"},
    questions=[
        Question(key="recommend", kind="nps", texts=_WORDS),
        Question(key="overall", kind="overall", texts=_WORDS, driver=True),
        Question(key="again", kind="again", texts=_WORDS),
        Question(key="advantage", kind="advantage", texts=_WORDS),
        Question(key="ease", kind="ces", texts=_WORDS, driver=True),
    ],
)


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print it all."""
    await _fill(stage, linden, 0, _ANSWERS)
    await _looked_over(stage, linden)
    bare = await _bare(stage, linden)
    first, found = await _timed(stage, linden, _report)
    assert found == _ANSWERS, found
    print(
        f"figures of {_ANSWERS:,} answers, none counted before: {first:.2f} s, one bare statement over the same rows "
        f"{bare:.2f} s, ratio {bare / first:.2f}"
    )
    folded, _ = await _timed(stage, linden, _tally)
    print(f"counted once, as at night: {folded:.1f} s, {_ANSWERS / folded:,.0f} answers/s")
    await _looked_over(stage, linden)
    await _page(stage, linden, bare)
    total = _ANSWERS
    for new in _NEW:
        await _fill(stage, linden, total, total + new)
        total += new
        seen, found = await _timed(stage, linden, _report)
        assert found == total, found
        again = await _bare(stage, linden)
        folded, _ = await _timed(stage, linden, _tally)
        print(
            f"{new:,} new: figures with them {1000 * seen:.0f} ms, counting them once {1000 * folded:.0f} ms, one bare "
            f"statement over all {again:.2f} s, ratio {again / seen:.0f}"
        )
    memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"peak memory: {memory:.0f} MB this process, {await _of_database(stage, linden):.0f} MB the database's largest"
    )


async def _looked_over(stage: Stage, linden: Tenant) -> None:
    """What the database does by itself within minutes: it lets go what was overwritten, and sees how much there is."""
    owner = await servers.connect_owner(stage.deployment.server)
    try:
        await owner.execute(f"VACUUM (ANALYZE) {linden.schema_name}.survey_answer")
        await owner.execute(f"VACUUM (ANALYZE) {linden.schema_name}.survey_tally")
    finally:
        await owner.close()


async def _page(stage: Stage, linden: Tenant, bare: float) -> None:
    """Each page's figures once all is counted."""
    pages: dict[str, Callable[[], Awaitable[int]]] = {
        "whole": _report,
        "course": _course,
        "by terminal": _parts,
        "what goes with recommending": _drivers,
    }
    for name, page in pages.items():
        seen, _ = await _timed(stage, linden, page)
        print(f"then {name}: {1000 * seen:.0f} ms, ratio to the bare statement {bare / seen:.0f}")


async def _fill(stage: Stage, linden: Tenant, begin: int, end: int) -> None:
    for start in range(begin, end, _CHUNK):
        async with stage.deployment.scopes.inside(linden):
            survey = await publishing.publish(key="bench", definition=_ASKED, at=clock.now())
            last = min(start + _CHUNK, end) - 1
            await ground.execute(_FILL, survey.id, start, last, clock.now() - 2 * tallying.SETTLED)


async def _timed(stage: Stage, linden: Tenant, deed: Callable[[], Awaitable[int]]) -> tuple[float, int]:
    """How long it took, and what it said."""
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        said = await deed()
    return time.perf_counter() - begun, said


async def _bare(stage: Stage, linden: Tenant) -> float:
    async def deed() -> int:
        return len(await ground.fetch(_BARE))

    return (await _timed(stage, linden, deed))[0]


async def _report() -> int:
    told = await asking.asked(key="bench")
    found = await measuring.report(asked=told, rule=Rule(), time_zone=_ZONE)
    assert found.nps is not None
    return found.nps.answers


async def _course() -> int:
    return len((await trends.course(key="bench", time_zone=_ZONE)).periods)


async def _parts() -> int:
    return len((await breakdowns.broken_down(key="bench", fact="terminal", time_zone=_ZONE)).parts)


async def _drivers() -> int:
    told = await asking.asked(key="bench")
    return len(relating.related(told, await relating.patterns(asked=told)))


async def _tally() -> int:
    return await tallying.tally(time_zone=_ZONE, at=clock.now())


async def _of_database(stage: Stage, linden: Tenant) -> float:
    """The peak of whichever of the database's processes had most, the memory they share included."""
    async with stage.deployment.scopes.inside(linden):
        (row,) = await ground.fetch("SELECT pg_backend_pid() AS own")
    return _largest(_told(row["own"], "PPid"))


def _largest(parent: int) -> float:
    processes = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return max(_told(each, "VmHWM") for each in processes if _told(each, "PPid") == parent) / 1024


def _told(process: int, name: str) -> int:
    """A number of ``/proc/<process>/status``; nought of one that is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name + ":")), 0)
