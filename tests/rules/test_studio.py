"""What a survey may ask: each fault is found where it stands, and nothing else is one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.surveys import rules
from leumund.surveys.questions import checking, judging, paths
from leumund.surveys.questions.defining import Condition, Definition, Question, Wording

BOTH = ("de", "en")


def asked(key: str, kind: str, words: str = "Wie war es?", **more) -> Question:
    """A question that says the same in both languages."""
    labels = {choice: f"Wahl {choice}" for choice in more.get("choices", [])}
    texts = {lang: Wording(question=words, choices=labels) for lang in BOTH}
    return msgspec.convert({"key": key, "kind": kind, "texts": texts} | more, Question)


def survey(*questions: Question) -> Definition:
    return Definition(titles={"de": "Besuch", "en": "Visit"}, questions=list(questions))


def wrong(definition: Definition, *, named: bool = True) -> set[tuple[str, str, str]]:
    """Rule, question and field of all that is wrong."""
    found = checking.objections(definition, languages=BOTH, named=named)
    return {(one.rule, one.question, one.field) for one in found}


NPS = asked("recommend", "nps")
WHY = asked("comment", "text", when=[Condition(question="recommend", marks=[0, 1, 2, 3, 4, 5, 6])])


def test_a_survey_that_branches_by_class_is_right():
    single = asked("place", "single", choices=["a", "b"])
    assert wrong(survey(NPS, WHY, single, asked("again", "again"))) == set()


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (survey(), ("no_questions", "", "questions")),
        (survey(*[asked(f"q{n}", "csat") for n in range(41)]), ("too_many", "", "questions")),
        (survey(WHY), ("no_tap", "comment", "kind")),
        (survey(asked("page", "csat")), ("key_reserved", "page", "key")),
        (survey(asked("Mark", "csat")), ("key", "Mark", "key")),
        (survey(asked("a", "csat"), asked("a", "ces")), ("key_twice", "a", "key")),
        (survey(NPS, NPS), ("asked_once", "recommend", "key")),
        (survey(asked("recommend", "csat")), ("key_of_kind", "recommend", "key")),
        (survey(asked("nps", "nps")), ("key_of_kind", "nps", "key")),
        (survey(asked("comment", "csat")), ("key_of_kind", "comment", "key")),
        (survey(asked("a", "scale", low=3, high=3)), ("scale", "a", "low")),
        (survey(asked("a", "scale")), ("scale", "a", "low")),
        (survey(asked("a", "scale", low=0, high=11)), ("scale", "a", "low")),
        (survey(asked("a", "csat", low=0, high=5)), ("no_scale", "a", "low")),
        (survey(NPS, asked("a", "single", choices=["x"])), ("choices", "a", "choices")),
        (survey(NPS, asked("a", "single", choices=["x", "x"])), ("choice_keys", "a", "choices")),
        (survey(asked("a", "csat", choices=["x", "y"])), ("choices_nowhere", "a", "choices")),
        (survey(msgspec.structs.replace(NPS, driver=True)), ("no_driver", "recommend", "driver")),
        (survey(asked("a", "csat", words="")), ("no_words", "a", "question_de")),
        (survey(asked("a", "csat", words="x" * 301)), ("too_long", "a", "question_en")),
    ],
)
def test_each_fault_is_named_where_it_is_mended(definition, found):
    assert found in wrong(definition)


def test_a_language_nobody_wrote_is_named():
    german = msgspec.structs.replace(NPS, texts={"de": NPS.texts["de"]})
    found = wrong(Definition(titles={"de": "Besuch"}, questions=[german], intro={"de": "Guten Tag"}))
    assert found == {
        ("no_title", "", "titles_en"),
        ("no_intro", "", "intro_en"),
        ("no_words", "recommend", "question_en"),
    }


def test_a_choice_without_words_and_two_that_read_alike_are_named():
    texts = {"de": Wording(question="Wo?", choices={"a": "Hier", "b": "hier "}), "en": Wording(question="Where?")}
    found = wrong(survey(NPS, Question(key="where", kind="single", texts=texts, choices=["a", "b"])))
    assert {("label_twice", "where", "choices.a_de"), ("no_label", "where", "choices.b_en")} <= found


@pytest.mark.parametrize(
    ("when", "rule"),
    [
        ([Condition(question="later", marks=[1])], "when_later"),
        ([Condition(question="self", marks=[1])], "when_later"),
        ([Condition(question="recommend", marks=[11])], "when_marks"),
        ([Condition(question="recommend")], "when_marks"),
        ([Condition(question="recommend", choices=["a"])], "when_marks"),
        ([Condition(question="comment", marks=[1])], "when_words"),
        ([Condition(question="recommend", marks=[9]), Condition(question="recommend", marks=[0])], "never_asked"),
        ([Condition(question="recommend", marks=[9]), Condition(question="only_low", marks=[1])], "never_asked"),
        ([Condition(question="recommend", marks=[9])] * 6, "conditions"),
    ],
)
def test_a_condition_looks_back_on_marks_that_exist_and_can_hold(when, rule):
    low = asked("only_low", "csat", when=[Condition(question="recommend", marks=[0, 1])])
    mine = asked("self", "csat", when=when)
    found = wrong(survey(NPS, WHY, low, mine, asked("later", "csat")))
    assert found == {(rule, "self", "when")}


def test_the_question_of_the_mail_depends_on_nothing():
    first = msgspec.structs.replace(NPS, when=[Condition(question="recommend", marks=[1])])
    assert ("leading_depends", "recommend", "when") in wrong(survey(first))


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(1, 5), min_size=1)), max_size=2),
        min_size=1,
        max_size=5,
    )
)
def test_a_question_that_can_be_asked_is_asked_of_whoever_answers_as_allowed(conditions):
    first = [asked("q0", "csat")]
    questions = first + [
        asked(
            f"q{n}", "csat", when=[Condition(question=f"q{min(at, n - 1)}", marks=sorted(marks)) for at, marks in each]
        )
        for n, each in enumerate(conditions, 1)
    ]
    before = {question.key: question for question in questions[:-1]}
    wanted = paths.allowed(questions[-1], before)
    led = [
        question.key
        for question in paths.asked(
            survey(*questions), {key: min(fits) for key, fits in (wanted or {}).items()} | {"q0": _first(wanted)}
        )
    ]
    assert (questions[-1].key in led) == (wanted is not None)


def _first(wanted):
    return min((wanted or {}).get("q0", {1}))


@pytest.mark.parametrize(
    "words",
    [
        "Bitte geben Sie uns 10 Punkte.",
        "Geben Sie uns bitte eine gute Bewertung!",
        "Wir freuen uns sehr über eine positive Bewertung.",
        "Nur eine 10 zählt für unser Team.",
        "Sind Sie nicht auch begeistert?",
        "Wie toll war Ihr Besuch?",
        "Wie zufrieden sind Sie mit unserem ausgezeichneten Service?",
        "Please give us a 10!",
        "We would love your five stars.",
        "Don't you agree that we are helpful?",
        "How amazing was your visit?",
        "How satisfied are you with our award-winning support?",
    ],
)
def test_nobody_is_asked_to_answer_well(words):
    assert ("loaded", "a", "question_de") in wrong(survey(asked("a", "csat", words)))


@pytest.mark.parametrize(
    "words",
    [
        "Für 10 Punkte bekommen Sie einen Gutschein.",
        "Sie erhalten einen Gutschein für eine gute Bewertung.",
        "A good rating earns you a voucher.",
        "You get a discount if you leave us a positive review.",
    ],
)
def test_no_good_mark_is_bought(words):
    assert ("bought", "a", "question_en") in wrong(survey(asked("a", "csat", words)))


@pytest.mark.parametrize(
    "words",
    [
        "Nennen Sie uns die E-Mail-Adressen Ihrer Freunde.",
        "Welche Kollegin würde sich freuen? Ihre Kollegin, Telefonnummer bitte",
        "Wie ist der Name Ihres Nachbarn?",
        "What is your friend's email address?",
    ],
)
def test_no_friend_is_asked_for(words):
    assert ("friends", "b", "question_en") in wrong(survey(NPS, asked("b", "text", words)))


@pytest.mark.parametrize(
    "words",
    [
        "Wie wahrscheinlich ist es, dass Sie uns einem Freund oder einer Kollegin weiterempfehlen?",
        "Wie zufrieden sind Sie mit Ihrem letzten Besuch?",
        "Was hat den Ausschlag für diese Zahl gegeben? Jede Antwort hilft uns, auch eine kritische.",
        "Alle, die antworten, nehmen an der Verlosung teil, gleich welche Zahl sie wählen.",
        "Wie einfach war es, Ihr Anliegen zu erledigen?",
        "Wer hat Ihnen geholfen, und wie war das Gespräch mit dieser Person?",
        "How likely are you to recommend us to a friend or colleague?",
        "Overall, how satisfied are you with your stay, on a scale from 1 to 5?",
        "How did you hear of us: from a friend, by post, or on the radio?",
    ],
)
def test_plain_questions_are_let_through(words):
    one = survey(asked("a", "csat", words), asked("b", "text", words))
    assert wrong(one, named=False) == set()
    assert judging.protected(one) == []


@pytest.mark.parametrize("words", ["Wie heißen Sie? Ihr Name:", "Ihre Kundennummer", "What is your email address?"])
def test_an_anonymous_survey_asks_nobody_who_they_are(words):
    one = survey(NPS, asked("who", "text", words))
    assert ("oneself", "who", "question_de") in wrong(one, named=False)
    assert wrong(one) == set()


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("health", "Wie ist Ihre Gesundheit?"),
        ("health", "Have you been to a doctor this year?"),
        ("religion", "Welcher Konfession gehören Sie an?"),
        ("religion", "How often do you go to church?"),
        ("union", "Sind Sie Mitglied einer Gewerkschaft?"),
        ("politics", "Welcher Partei stehen Sie nahe?"),
        ("politics", "Who did you vote for?"),
        ("sex_life", "Ihre sexuelle Orientierung"),
        ("origin", "Welche ethnische Herkunft haben Sie?"),
        ("genetics", "Haben Sie einen Gentest gemacht?"),
        ("biometrics", "Nutzen Sie Ihren Fingerabdruck zum Anmelden?"),
        ("health", "Haben Sie Diabetes?"),
        ("health", "Krebs"),
        ("health", "Do you suffer from asthma?"),
        ("health", "Which allergies do you have?"),
        ("health", "Nehmen Sie wegen Ihrer Schmerzen Tabletten?"),
        ("religion", "Catholic"),
        ("religion", "Gehen Sie in eine Freikirche?"),
        ("religion", "Sind Sie Moslem?"),
        ("union", "IG Metall"),
        ("politics", "CDU"),
        ("politics", "Wen würden Sie am Sonntag wählen?"),
        ("sex_life", "Sind Sie Lesbe?"),
        ("sex_life", "LGBTQ"),
        ("origin", "Woher stammen Ihre Eltern?"),
        ("biometrics", "Dürfen wir Ihre Stimmprobe speichern?"),
    ],
)
def test_what_article_9_protects_is_found(category, words):
    (found,) = {(one.question, one.category) for one in judging.protected(survey(NPS, asked("b", "single", words)))}
    assert found == ("b", category)


@pytest.mark.parametrize(
    "words",
    [
        # In turn: Cyrillic letters, one nobody sees, a soft hyphen, wide letters, and an umlaut of two signs.
        "Sind Sie kr\u0430nk?",
        "Sind Sie \u041arank?",
        "Ihre Gesund\u200bheit?",
        "Ihre Gesund\u00adheit?",
        "Ihre \uff27\uff25\uff33\uff35\uff2e\uff24\uff28\uff25\uff29\uff34?",
        "Ihr Ko\u0308rpergewicht?",
    ],
)
def test_what_reads_alike_is_found_alike(words):
    (found,) = judging.protected(survey(asked("b", "single", words)))[:1]
    assert (found.question, found.category) == ("b", "health")


def test_letters_that_look_alike_hide_no_request_for_praise():
    assert ("loaded", "a", "question_de") in wrong(
        survey(asked("a", "csat", "Bitte geben Sie uns eine gut\u0435 Note!"))
    )


def test_what_stands_above_the_questions_is_read_too():
    """Else the intro asks, and a question that says nothing takes the answer."""
    plain = survey(asked("a", "single", "Trifft das auf Sie zu?"))
    for one in (
        msgspec.structs.replace(plain, intro={"de": "Sind Sie schwanger?", "en": "x"}),
        msgspec.structs.replace(plain, titles={"de": "Sind Sie schwanger?", "en": "x"}),
    ):
        assert [(found.question, found.category) for found in judging.protected(one)] == [("", "health")]
        assert not any(question.sensitive for question in judging.marked(one).questions)


@pytest.mark.parametrize("words", ["Mussten Sie schimpfen?", "Passt der Schrank?", "Wie viel haben Sie genommen?"])
def test_words_that_only_sound_alike_are_not_found(words):
    assert judging.protected(survey(asked("a", "csat", words))) == []


def test_a_label_of_a_choice_is_read_too_and_marks_its_question():
    texts = {lang: Wording(question="Warum?", choices={"a": "Krankheit", "b": "Preis"}) for lang in BOTH}
    one = survey(NPS, Question(key="why", kind="single", texts=texts, choices=["a", "b"]))
    assert [question.sensitive for question in judging.marked(one).questions] == [False, True]


def test_a_released_question_drives_nothing():
    one = survey(asked("a", "csat", "Wie zufrieden sind Sie mit Ihrer Gesundheit?", driver=True))
    (question,) = judging.marked(one).questions
    assert question.sensitive
    assert not question.driver


def digest(definition: Definition) -> str:
    return judging.digest(definition, named=True)


def test_a_release_is_for_one_wording_alone_and_for_whom_it_asks():
    one, other = (survey(asked("a", "csat", words)) for words in ("Ihre Gesundheit?", "Ihre Gesundheit heute?"))
    turned = msgspec.structs.replace(one, titles=dict(reversed(one.titles.items())))
    assert digest(one) == digest(turned) == digest(judging.marked(one))
    assert digest(one) != digest(other)
    assert digest(one) != judging.digest(one, named=False)


def test_a_question_keeps_what_it_means_over_versions():
    before = survey(NPS, asked("a", "scale", low=1, high=5))
    same = survey(NPS, asked("a", "scale", "Anders gefragt", low=1, high=5))
    other = survey(NPS, asked("a", "scale", low=1, high=10), asked("b", "csat"))
    assert checking.against(same, [before]) == []
    assert [one.question for one in checking.against(other, [before])] == ["a"]


def test_the_classes_are_those_of_the_score():
    assert [rules.class_of(mark) for mark in (6, 7, 8, 9)] == ["detractor", "passive", "passive", "promoter"]


@pytest.mark.parametrize("letters", ["a ", "geben Sie uns ", "Freund ", "10 ", "kran", "Gutschein "])
def test_no_wording_takes_long_to_read(letters):
    one = survey(asked("a", "csat", letters * 4_000))
    assert ("too_long", "a", "question_de") in wrong(one)
    judging.protected(one)
