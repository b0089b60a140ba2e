"""What the airport's guests were asked in May 2017, and how the file of their interviews is read.

``tenants/airport/README.md`` says where it comes from and what its codes mean.
"""

import csv
import io
from collections.abc import Mapping

from leumund.surveys.answers.supplementing import Beside
from leumund.surveys.questions import starting
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.questions.kinds import Kind

# In every rating 0, 6, "Blank" and an empty cell are no answer; of the mark for recommending it is 11 and an empty one.
_NO_RATING, NO_MARK = ("0", "6", "Blank"), ("11",)
COLUMNS = {
    "ref": "RESPNUM",
    "external_id": "RESPNUM",
    "score": "NETPRO",
    "weight": "WEIGHT",
    "answered_at": "ANSWERED",
}
_TERMINALS = {"A": "International", "B": "1", "C": "1", "D": "2", "E": "3", "F": "3", "G": "International"}
_PURPOSES = {"": "", "0": "", "1": "Business", "2": "Pleasure", "3": "Visiting people"}
_OTHER_PURPOSE = "Other"
_ENDS = {"en": ("unacceptable", "outstanding"), "de": ("inakzeptabel", "hervorragend")}
# By column of the file, in the order of the questionnaire.
_RATINGS = {
    "Q7ART": ("Art and exhibitions", "Kunst und Ausstellungen"),
    "Q7FOOD": ("Restaurants", "Restaurants"),
    "Q7STORE": ("Shops", "Läden"),
    "Q7SIGN": ("Signs inside the airport", "Wegweiser im Gebäude"),
    "Q7WALKWAYS": ("Escalators, lifts and moving walkways", "Rolltreppen, Aufzüge und Fahrsteige"),
    "Q7SCREENS": ("Information on screens", "Anzeigetafeln"),
    "Q7INFODOWN": ("Information desk at baggage claim", "Auskunft bei der Gepäckausgabe"),
    "Q7INFOUP": ("Information desk at departures", "Auskunft beim Abflug"),
    "Q7WIFI": ("Free Wi-Fi", "Freies WLAN"),
    "Q7ROADS": ("Signs on the airport's roads", "Wegweiser an den Zufahrten"),
    "Q7PARK": ("Parking", "Parken"),
    "Q7AIRTRAIN": ("Train between the terminals", "Bahn zwischen den Terminals"),
    "Q7LTPARKING": ("Shuttle to long-term parking", "Bus zum Langzeitparken"),
    "Q7RENTAL": ("Rental car centre", "Mietwagenzentrum"),
    "Q9ALL": ("Cleanliness", "Sauberkeit"),
    "Q10SAFE": ("Feeling safe", "Gefühl der Sicherheit"),
    "Q14FIND": ("Finding one’s way", "Den Weg finden"),
    "Q14PASSTHRU": ("Getting through security", "Durch die Sicherheitskontrolle kommen"),
}


def interview(texts: Mapping[str, Mapping[str, str]]) -> Definition:
    """The survey of 2017: what ``texts`` ask, the airport as a whole, and each of what there is."""
    first = starting.nps(texts)
    whole = _question("overall", "overall", ("The airport as a whole", "Der Flughafen insgesamt"))
    rest = [_question(column.lower(), "csat", words, driver=True) for column, words in _RATINGS.items()]
    return Definition(titles=first.titles, questions=[first.questions[0], whole, *rest, *first.questions[1:]])


def beside(definition: Definition) -> Beside:
    """Which columns of ``decoded`` mean what."""
    marks = {column.lower(): column for column in _RATINGS} | {"overall": "Q7ALL"}
    return Beside(
        definition=definition, marks=marks, facts={"terminal": "TERMINAL", "purpose": "PURPOSE"}, blanks=_NO_RATING
    )


def decoded(content: bytes) -> bytes:
    """The file with three columns more: the terminal and the purpose in words, and the whole date of the interview."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    out = io.StringIO()
    writer = csv.DictWriter(out, [*(rows.fieldnames or ()), "TERMINAL", "PURPOSE", "ANSWERED"])
    writer.writeheader()
    for row in rows:
        writer.writerow(
            row
            | {
                "TERMINAL": _TERMINALS[row["BAREA"]],
                "PURPOSE": _PURPOSES.get(row["Q2PURP1"], _OTHER_PURPOSE),
                "ANSWERED": f"2017-05-{int(row['INTDATE']):02}",
            }
        )
    return out.getvalue().encode()


def _question(key: str, kind: Kind, words: tuple[str, str], *, driver: bool = False) -> Question:
    said = dict(zip(("en", "de"), words, strict=True))
    texts = {
        lang: Wording(question=question, low=_ENDS[lang][0], high=_ENDS[lang][1]) for lang, question in said.items()
    }
    return Question(key=key, kind=kind, texts=texts, driver=driver)
