"""Words by which a text betrays itself, German and English alike: lists to be read and added to by lawyers."""

import re

# Who else might profit: a consent is given to one company (OLG Frankfurt 6 U 6/19).
THIRD_PARTIES = re.compile(
    r"\b(Dritte[nr]?|Partner(?:unternehmen|firmen|n)?|Kooperationspartner\w*|Konzern(?:unternehmen|gesellschaft)\w*|"
    r"(?:verbundene|Tochter)\w* ?(?:Unternehmen|gesellschaft)\w*|Sponsoren|Werbetreibende\w*|"
    r"third part(?:y|ies)|partner compan(?:y|ies)|(?:selected|trusted|our) partners|affiliat(?:e|es|ed companies)|"
    r"group companies|subsidiar(?:y|ies)|sponsors|advertisers)\b",
    re.I,
)
PASSING_ON = re.compile(
    r"weitergeb|weitergegeben|weiterleit|weitergeleit|übermittel|verkauf|zur Verfügung (?:stell|gestellt)|"
    r"\b(?:pass(?:ed)? on|share[ds]?|disclose[ds]?|transfer(?:s|red)?|sell|sold|make available)\b",
    re.I,
)
# The operator has no purpose of its own here (A43).
OPERATOR = re.compile(
    r"\b(Plattform-?betreiber\w*|Betreiber\w* der (?:Empfehlungs)?plattform|Software-?anbieter\w*|Plattformanbieter\w*|"
    r"(?:platform|software) (?:operator|provider|vendor)|operator of the (?:referral )?platform)\b",
    re.I,
)
OWN_PURPOSES = re.compile(
    r"\b(eigene[nr]? (?:\w+ )?(?:Zwecke?n?|Werbung|Angebote\w*|Produkte\w*|Interessen?)|"
    r"für sich (?:selbst )?(?:nutz|verwend|auswert)\w*|"
    r"own (?:\w+ )?(?:purposes?|advertising|marketing|offers|products))\b",
    re.I,
)
# Purposes nobody could hold against what is done with the data (EDPB 05/2020; WP 203).
VAGUE = re.compile(
    r"\b(Marketing-?zwecke\w*|Werbe-?zwecke\w*|(?:weitere|andere|sonstige|ähnliche|verschiedene)\w* Zwecke\w*|"
    r"Informationen aller Art|interessante\w* (?:Angebote|Informationen)\w*|und vieles mehr|und mehr|usw\b\.?|etc\b\.?|"
    r"künftige\w* Zwecke\w*|Verbesserung (?:unserer|der) Dienste|Forschungszwecke\w*|geschäftliche\w* Zwecke\w*|"
    r"marketing purposes|promotional purposes|business purposes|research purposes|"
    r"(?:other|further|similar|various|future) purposes|among other things|and (?:so|much) (?:on|more)|and more|"
    r"interesting offers|all kinds of information|improve our services|including but not limited to)(?!\w)",
    re.I,
)
HIDDEN_CONSENT = re.compile(
    r"\b(willigen? (?:[^.!?]{0,150}? )?ein|stimme(?:n)? (?:ich |Sie )?(?:der|dem) \w+ zu|"
    r"einverstanden, dass|I (?:hereby )?consent|you (?:hereby )?(?:consent|agree to receive)|"
    r"deemed to (?:have )?consent)\b",
    re.I,
)
BY_USING = re.compile(
    r"\b(?:(?:mit|durch) (?:der |die |dem |Ihre[rm]? |meine[rm]? )?(?:Nutzung|Teilnahme|Besuch|Anmeldung|Absenden)\b.*"
    r"\b(?:einwillig\w*|willig\w*|einverstanden|stimm\w*)|"
    r"by (?:using|taking part|continuing|submitting|signing up)\b.*\b(?:consent|agree))\b",
    re.I,
)
TAKING_PART = re.compile(
    r"\b(Teilnahme|teilnehm\w*|teilzunehmen|mitmachen|Prämien?|Gutscheine?|Gutschrift(?:en)?|"
    r"participat\w+|tak(?:e|ing) part|join(?:ing)?|rewards?|vouchers?|credit)\b",
    re.I,
)
NEEDS = re.compile(
    r"\b(Voraussetzung|Bedingung|nur,? (?:wer|wenn|mit|möglich)|müssen|muss|erforderlich|notwendig|setzt\b.*\bvoraus|"
    r"condition|only (?:if|those|with)|must|required?|requires|have to|has to|necessary|unless)\b",
    re.I,
)
# "No reward without consent": two noes, by which a sentence says what a single one would deny.
_NO_PART = (
    r"(?:nicht (?:\w+ ){0,3}(?:möglich|teil\w*|mitmachen)|"
    r"kein\w* (?:\w+ )?(?:Teilnahme|Prämien?|Gutscheine?|Gutschrift)|"
    r"cannot|can ?not|can't|may not|not (?:be )?(?:able|possible|eligible)|no (?:rewards?|vouchers?|credit))"
)
_NO_CONSENT = (
    r"(?:ohne (?:\w+ ){0,3}(?:Werbe)?(?:einwilligung|zustimmung|werbung|newsletter)\w*|"
    r"without (?:\w+ ){0,3}(?:consent\w*|advertising|newsletters?))"
)
COUPLED = re.compile(rf"\b(?:{_NO_CONSENT}\b.*\b{_NO_PART}|{_NO_PART}\b.*\b{_NO_CONSENT}|nicht {_NO_CONSENT})\b", re.I)
ADVERTISING = re.compile(
    r"\b(Einwilligung\w*|einwillig\w*|Werbung|Werbemails?|Newsletter\w*|Werbeeinwilligung\w*|"
    r"consent\w*|advertis\w+|newsletters?|marketing|promotional)\b",
    re.I,
)
NEGATION = re.compile(
    r"\b(nicht|kein\w*|ohne|nie|niemals|weder|unabhängig|freiwillig|not|no|never|nor|without|neither|voluntary)\b", re.I
)
VOLUNTARY = re.compile(
    r"freiwillig|muss (?:ich )?nicht|keine Pflicht|voluntary|do not have to|don't have to|not obliged|no obligation",
    re.I,
)
WITHDRAWAL = re.compile(r"widerruf|withdraw", re.I)
PROFILING = re.compile(r"\bProfil|Auswertung|auswert|Kennzahl|\bScore|profil|score|analys", re.I)
PRE_TICKED = re.compile(
    r"\[x\]|☑|☒|✓|vorangekreuzt|vorausgewählt|pre-?ticked|pre-?selected|"
    r"\b(?:bereits|schon|vorab) (?:\w+ ){0,3}(?:angekreuzt|angehakt|ausgewählt)|\balready (?:ticked|checked|selected)",
    re.I,
)
CHANNEL = {
    "email": re.compile(r"e-?mail", re.I),
    "phone": re.compile(r"telefon|anruf|anrufen|\bphone|\bcall", re.I),
    "post": re.compile(r"\bPost\b|\bBrief|per post|by post|\bletter", re.I),
    "sms": re.compile(r"\bSMS\b|text message", re.I),
}
