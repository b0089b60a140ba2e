"""The SQL by which answers become counts: by question and value, day by day, for all of them and for each fact.

It stands here once, since what is counted at night and what is counted when somebody looks must be the same.
"""

from typing import NamedTuple

# All four marks of the loyalty index together are counted like one answer more, of all answers alone: there are nearly
# as many of them as people. No question is called that.
TOGETHER = "*"
# Facts an answer has beside those it came with; of an anonymous one they may not be told.
CHANNEL, LANGUAGE = "@channel", "@language"
ALL = ""
# What of an answer is counted: columns of survey_answer.
GIVEN = "survey, answered_at, marks, attributes, channel, language, weight"
COUNTS = "answers, weighed, weight, squares"
LINE = "key, question, attribute, attribute_value, day_date, value"
SUMS = (
    "sum(answers)::bigint AS answers, sum(weighed)::bigint AS weighed, sum(weight) AS weight, sum(squares) AS squares"
)
# OFFSET keeps the planner from asking it of each answer instead of each survey.
_HIDDEN = """
SELECT id, key, ARRAY(
    SELECT asked ->> 'key' FROM jsonb_array_elements(definition -> 'questions') AS asked
    WHERE asked -> 'sensitive' = 'true') AS hidden
FROM survey OFFSET 0
"""

_MARKED, _FACTS = "key, question, day_date, value", "attributes, channel, language"
_EVERY_FACT = f"""
    SELECT '' AS attribute, '' AS attribute_value
    UNION ALL SELECT '{CHANNEL}', channel WHERE channel IS NOT NULL
    UNION ALL SELECT '{LANGUAGE}', language WHERE language IS NOT NULL
    UNION ALL SELECT name, told FROM jsonb_each_text(attributes) AS each (name, told)
"""  # noqa: S608 - ours alone


class Cut(NamedTuple):
    """Which counts are asked for, each part as SQL: of one ``fact``, of some ``questions`` or all where that is null.

    ``step`` says which days are put together, such as 'month'.
    """

    fact: str
    questions: str
    step: str


def counted(rows: str, *, zone: str) -> str:
    """Counts of ``rows``, which is SQL for rows of GIVEN; ``zone`` is where days begin, as SQL.

    Columns: LINE and COUNTS. Equal answers of a day are put together before they are taken apart by question, equal
    marks of equal facts before those are, and what Art. 9 GDPR protects is never counted. Whoever chose several counts
    once under an empty value.
    """
    each = f"SELECT {GIVEN}, (answered_at AT TIME ZONE {zone})::date AS day_date FROM ({rows}) AS given"  # noqa: S608
    apart = _taken_apart(each, facts=_FACTS, question="true")
    marked = f"SELECT {_MARKED}, {_FACTS}, {SUMS} FROM ({apart}) AS apart GROUP BY {_MARKED}, {_FACTS}"  # noqa: S608
    expanded = f"SELECT {LINE}, {COUNTS} {_by(marked, _EVERY_FACT)}"
    return f"SELECT {LINE}, {SUMS} FROM ({expanded}) AS each GROUP BY {LINE}"  # noqa: S608 - ours alone


def counted_by(rows: str, *, zone: str, cut: Cut) -> str:
    """As ``counted`` does, of what ``cut`` says alone, so that as much as can be is put together first.

    A line may come several times: whoever asks sums them up anyway.
    """
    told = (
        f"CASE {cut.fact} WHEN '' THEN '' WHEN '{CHANNEL}' THEN channel WHEN '{LANGUAGE}' THEN language "
        f"ELSE attributes ->> {cut.fact} END"
    )
    asked = (
        f"CASE WHEN {cut.questions} IS NULL THEN marks ELSE (SELECT coalesce(jsonb_object_agg(asked, marks -> asked), "  # noqa: S608
        f"'{{}}') FROM unnest({cut.questions}) AS asked WHERE marks ? asked) END"
    )
    each = (
        f"SELECT survey, weight, {asked} AS marks, {told} AS fact, "  # noqa: S608 - ours alone
        f"greatest(date_trunc({cut.step}, answered_at AT TIME ZONE {zone}), "
        f"date_trunc('year', answered_at AT TIME ZONE {zone}))::date AS day_date "
        f"FROM ({rows}) AS given WHERE {told} IS NOT NULL"
    )
    apart = _taken_apart(each, facts="fact", question=f"(question = ANY ({cut.questions}) OR {cut.questions} IS NULL)")
    by = f"SELECT {cut.fact} AS attribute, fact AS attribute_value"
    return f"SELECT {LINE}, {COUNTS} {_by(apart, by)}"


def _by(marked: str, facts: str) -> str:
    """From ``marked``, a line for each of ``facts``; the loyalty index has one of all answers alone."""
    return (
        f"FROM ({marked}) AS marked, LATERAL ({facts}) AS facts WHERE question <> '{TOGETHER}' OR attribute = '{ALL}'"
    )


def _taken_apart(rows: str, *, facts: str, question: str) -> str:
    """Answers by what each of their questions was given: _MARKED, ``facts`` as they are, and COUNTS."""
    return f"""
SELECT {_MARKED}, {facts}, {COUNTS}
FROM (
    SELECT key, hidden, day_date, marks, {facts}, {COUNTS} FROM (
        SELECT survey, day_date, marks, {facts}, count(*) AS answers, count(weight) AS weighed,
            coalesce(sum(weight), 0) AS weight, coalesce(sum(weight * weight), 0) AS squares
        FROM ({rows}) AS answer GROUP BY survey, day_date, marks, {facts}
    ) AS same JOIN ({_HIDDEN}) AS known ON known.id = same.survey
) AS kept, LATERAL (
    SELECT question, value FROM jsonb_each_text(marks - hidden) AS mark (question, value)
    WHERE value NOT LIKE '[%' AND {question}
    UNION ALL
    SELECT question, chosen FROM jsonb_each(marks - hidden) AS mark (question, given), LATERAL (
        SELECT '' AS chosen UNION ALL
        SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END)
    ) AS several
    WHERE marks::text LIKE '%[%' AND jsonb_typeof(given) = 'array' AND {question}
    UNION ALL
    SELECT question, concat_ws('.', marks ->> 'overall', marks ->> 'recommend', marks ->> 'again',
        marks ->> 'advantage')
    FROM (SELECT '{TOGETHER}' AS question) AS together
    WHERE (marks - hidden) ?& ARRAY['overall', 'recommend', 'again', 'advantage'] AND {question}
) AS told
"""  # noqa: S608 - ours alone
