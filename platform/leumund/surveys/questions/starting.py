"""What a survey can begin with: the one question everybody knows, and room to say why."""

from collections.abc import Mapping

from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.questions.kinds import COMMENT, RECOMMEND


def nps(texts: Mapping[str, Mapping[str, str]]) -> Definition:
    """``texts[language]`` hold its ``title``, the ``question`` and the ``followup``, which may be empty."""
    return Definition(
        titles={lang: said.get("title", "NPS") for lang, said in texts.items()},
        questions=[
            Question(
                key=RECOMMEND,
                kind="nps",
                required=True,
                texts={lang: Wording(question=said["question"]) for lang, said in texts.items()},
            ),
            Question(
                key=COMMENT,
                kind="text",
                texts={lang: Wording(question=said.get("followup", "")) for lang, said in texts.items()},
            ),
        ],
    )


def texts_of(definition: Definition) -> dict[str, dict[str, str]]:
    """What ``nps`` was given to make ``definition``."""
    parts = {"question": RECOMMEND, "followup": COMMENT}
    asked = {part: definition.question(key) for part, key in parts.items()}
    return {
        lang: {part: question.text(lang).question for part, question in asked.items() if question}
        for lang in definition.titles
    }
