"""Set the company's own surveys side by side; no other company's figures are anywhere near."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys.figures import breakdowns, expanding, measuring, sampling
from leumund.surveys.figures.comparing import Change
from leumund.surveys.figures.measuring import Nps
from leumund.surveys.figures.sampling import Cell
from leumund.surveys.questions.kinds import RECOMMEND
from leumund.surveys.studio import publishing

_MARKS = f"""
SELECT key, mark, {expanding.SUMS} FROM (
    SELECT key, value AS mark, {expanding.COUNTS} FROM survey_tally
    WHERE question = '{RECOMMEND}' AND attribute = '{expanding.ALL}'
    UNION ALL
    SELECT survey.key, score::text, 1, (weight IS NOT NULL)::int, coalesce(weight, 0), coalesce(weight * weight, 0)
    FROM survey_answer JOIN survey ON survey.id = survey_answer.survey
    WHERE tallied_at IS NULL AND score IS NOT NULL
) AS every GROUP BY key, mark
"""  # noqa: S608


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """A survey by its ``titles``; ``nps`` is None where too few answered, and ``change`` is from all others to it."""

    key: str
    titles: Mapping[str, str]
    nps: Nps | None
    change: Change | None

    def title(self, language: str) -> str:
        """In ``language``, else in the first it has."""
        return self.titles.get(language) or next(iter(self.titles.values()))


async def benches() -> list[Bench]:
    """Every survey there is, those of most answers first; two queries."""
    surveys = await publishing.every()
    marks = _by_key(await ground.fetch(_MARKS))
    samples = {key: measuring.enough(sampling.plain(told)) for key, told in marks.items()}
    shown = {key: sample for key, sample in samples.items() if sample is not None}
    # Beside one that is not shown the rest would tell of it: only those that are shown are compared.
    whole = breakdowns.added(marks[key] for key in shown)
    changes = breakdowns.beside_the_rest(shown, marks, whole) if len(shown) > 1 else {}
    found = [
        Bench(
            key=each.key,
            titles=each.definition.titles,
            nps=measuring.score(marks.get(each.key, {})),
            change=changes.get(each.key),
        )
        for each in surveys
    ]
    return sorted(found, key=lambda each: (-each.nps.answers if each.nps else 0, each.key))


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Cell]]:
    told: dict[str, dict[str, Cell]] = {}
    names: Sequence[str] = ("answers", "weighed", "weight", "squares")
    for row in rows:
        told.setdefault(row["key"], {})[row["mark"]] = Cell(**{name: row[name] for name in names})
    return told
