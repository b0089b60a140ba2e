"""A survey of many kinds of questions that many answered: what the pages of its figures are read by."""

from datetime import datetime, timedelta
from typing import Any

from leumund.kit import clock
from leumund.surveys.answers import importing
from leumund.surveys.answers.importing import PastAnswer
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.questions.kinds import Kind
from leumund.surveys.studio import publishing
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

# Words that would be markup, and a formula in a spreadsheet, if anybody took them for more than words.
FORMULA = "=HYPERLINK(0)"


def _question(key: str, kind: Kind, asked: str, **more: Any) -> Question:
    texts = {"de": Wording(question=asked), "en": Wording(question=f"{asked} (en)")}
    return Question(key=key, kind=kind, texts=texts, **more)


DEFINITION = Definition(
    titles={"de": "Kundenstimme", "en": "Customer voice"},
    questions=[
        _question("recommend", "nps", "Empfehlen Sie uns?"),
        _question("overall", "overall", "Wie sind wir insgesamt?"),
        _question("again", "again", "Wieder?"),
        _question("advantage", "advantage", "Besser als andere?"),
        _question("ease", "ces", "War es leicht?", driver=True),
        _question("comment", "text", "Warum?"),
    ],
)


async def survey(deployment: Deployment, tenant: Tenant, *, at: datetime | None = None) -> None:
    """Forty glad answers in Berlin, forty torn ones in Hamburg, four in a branch called like a formula."""
    now = at or clock.now()
    async with deployment.scopes.inside(tenant):
        await publishing.publish(key="nps", definition=DEFINITION, at=now)
        places = [("Berlin", 10, 5, "Sehr freundlich.")] * 40 + [("Hamburg", 3, 2, "Lange Wartezeit!")] * 40
        places += [(FORMULA, 0, 1, "")] * 4 + [("Köln", 8, 3, "")] * 6
        await importing.import_answers(
            answers=[
                PastAnswer(
                    ref=f"a{n}",
                    external_id=None,
                    score=score,
                    language="de" if n % 2 else "en",
                    answered_at=now - timedelta(days=n % 20),
                    comment=comment,
                    marks={"overall": mark, "again": mark, "advantage": mark, "ease": mark + n % 2},
                    facts={"branch": place},
                )
                for n, (place, score, mark, comment) in enumerate(places)
            ],
            actor="system:test",
            at=now,
        )
