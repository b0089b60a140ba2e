"""The SQL by which answers become counts: by question and value, day by day, for all of them and for each fact.

It stands here once, since what is counted at night and what is counted when somebody looks must be the same.
"""

# All four marks of the loyalty index together are counted like one answer more, of all answers alone: there are nearly
# as many of them as people. No question is called that.
TOGETHER = "*"
# Facts every answer has, beside those it came with.
CHANNEL, LANGUAGE = "@channel", "@language"
ALL = ""
COUNTS = "answers, weighed, weight, squares"
SUMS = (
    "sum(answers)::bigint AS answers, sum(weighed)::bigint AS weighed, sum(weight) AS weight, sum(squares) AS squares"
)
_HIDDEN = """
SELECT id, key, ARRAY(
    SELECT asked ->> 'key' FROM jsonb_array_elements(definition -> 'questions') AS asked
    WHERE asked -> 'sensitive' = 'true') AS hidden
FROM survey
"""


_EVERY_FACT = f"""
    SELECT '' AS attribute, '' AS attribute_value
    UNION ALL SELECT '{CHANNEL}', channel
    UNION ALL SELECT '{LANGUAGE}', language WHERE language IS NOT NULL
    UNION ALL SELECT name, told FROM jsonb_each_text(attributes) AS each (name, told)
"""  # noqa: S608 - ours alone


def counted(rows: str, *, zone: str) -> str:
    """Counts of ``rows``, which is SQL for rows of survey_answer; ``zone`` is where days begin, as SQL.

    Columns: key, question, attribute, attribute_value, day_date, value, and COUNTS. Equal answers of a day are put
    together before they are taken apart by question, and what Art. 9 GDPR protects is never counted. Whoever chose
    several counts once under an empty value.
    """
    return _taken_apart(rows, zone, facts="attributes, channel, language", by=_EVERY_FACT, question="true")


def counted_by(rows: str, *, zone: str, fact: str, questions: str) -> str:
    """As ``counted`` does, by one fact alone and of some questions, or all where that is null; both as SQL."""
    told = (
        f"CASE {fact} WHEN '' THEN '' WHEN '{CHANNEL}' THEN channel WHEN '{LANGUAGE}' THEN language "
        f"ELSE attributes ->> {fact} END"
    )
    return _taken_apart(
        f"SELECT *, {told} AS fact FROM ({rows}) AS each WHERE {told} IS NOT NULL",  # noqa: S608 - ours alone
        zone,
        facts="fact",
        by=f"SELECT {fact} AS attribute, fact AS attribute_value",
        question=f"(question = ANY ({questions}) OR {questions} IS NULL)",
    )


def _taken_apart(rows: str, zone: str, *, facts: str, by: str, question: str) -> str:
    return f"""
SELECT key, question, attribute, attribute_value, day_date, value, {SUMS}
FROM (
    SELECT known.key, known.hidden, same.* FROM (
        SELECT survey, (answered_at AT TIME ZONE {zone})::date AS day_date, marks, {facts},
            count(*) AS answers, count(weight) AS weighed, coalesce(sum(weight), 0) AS weight,
            coalesce(sum(weight * weight), 0) AS squares
        FROM ({rows}) AS answer GROUP BY survey, 2, marks, {facts}
    ) AS same JOIN ({_HIDDEN}) AS known ON known.id = same.survey
) AS kept, LATERAL (
    SELECT question, said.value
    FROM jsonb_each(marks - hidden) AS mark (question, given), LATERAL (
        SELECT given #>> '{{}}' AS value WHERE jsonb_typeof(given) <> 'array'
        UNION ALL SELECT '' WHERE jsonb_typeof(given) = 'array'
        UNION ALL SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END)
    ) AS said
    WHERE {question}
    UNION ALL
    SELECT question, concat_ws('.', marks ->> 'overall', marks ->> 'recommend', marks ->> 'again',
        marks ->> 'advantage')
    FROM (SELECT '{TOGETHER}' AS question) AS together
    WHERE (marks - hidden) ?& ARRAY['overall', 'recommend', 'again', 'advantage'] AND {question}
) AS told, LATERAL ({by}) AS facts
WHERE question <> '{TOGETHER}' OR attribute = '{ALL}'
GROUP BY key, question, attribute, attribute_value, day_date, value
"""  # noqa: S608 - ours alone
