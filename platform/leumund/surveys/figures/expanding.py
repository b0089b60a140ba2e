"""The SQL by which answers become counts: by question and value, day by day, for all of them and for each fact.

It stands here once, since what is counted at night and what is counted when somebody looks must be the same.
"""

# All four marks of the loyalty index together are counted like one answer more; no question is called that.
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


def counted(rows: str, *, zone: str) -> str:
    """Counts of ``rows``, which is SQL for rows of survey_answer; ``zone`` is where days begin, as SQL.

    Columns: key, question, attribute, attribute_value, day_date, value, and COUNTS. Equal answers of a day are put
    together before they are taken apart by question, and what Art. 9 GDPR protects is never counted. Whoever chose
    several counts once under an empty value.
    """
    return f"""
SELECT key, question, attribute, attribute_value, day_date, value, {SUMS}
FROM (
    SELECT known.key, known.hidden, same.* FROM (
        SELECT survey, (answered_at AT TIME ZONE {zone})::date AS day_date, marks, attributes, channel, language,
            count(*) AS answers, count(weight) AS weighed, coalesce(sum(weight), 0) AS weight,
            coalesce(sum(weight * weight), 0) AS squares
        FROM ({rows}) AS answer GROUP BY survey, 2, marks, attributes, channel, language
    ) AS same JOIN ({_HIDDEN}) AS known ON known.id = same.survey
) AS kept, LATERAL (
    SELECT question, said.value
    FROM jsonb_each(marks - hidden) AS mark (question, given), LATERAL (
        SELECT given #>> '{{}}' AS value WHERE jsonb_typeof(given) <> 'array'
        UNION ALL SELECT '' WHERE jsonb_typeof(given) = 'array'
        UNION ALL SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END)
    ) AS said
    UNION ALL
    SELECT '{TOGETHER}', concat_ws('.', marks ->> 'overall', marks ->> 'recommend', marks ->> 'again',
        marks ->> 'advantage')
    WHERE (marks - hidden) ?& ARRAY['overall', 'recommend', 'again', 'advantage']
) AS told, LATERAL (
    SELECT '' AS attribute, '' AS attribute_value
    UNION ALL SELECT '{CHANNEL}', channel
    UNION ALL SELECT '{LANGUAGE}', language WHERE language IS NOT NULL
    UNION ALL SELECT name, fact FROM jsonb_each_text(attributes) AS each (name, fact)
) AS facts
GROUP BY key, question, attribute, attribute_value, day_date, value
"""  # noqa: S608 - ours alone
