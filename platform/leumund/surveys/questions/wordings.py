"""Words by which a question betrays itself, German and English alike: lists to be read and added to by lawyers."""

import re
from collections.abc import Mapping
from types import MappingProxyType

# What Art. 9(1) GDPR protects, by the words that ask for it. A list finds what is said plainly and no more; too much
# is found rather than too little, since whoever answers for data protection may release a question with a reason.
PROTECTED: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "health": re.compile(
            r"gesundheit\w*|krank(?:en|heit)\w*|\bkrank\b|erkrank\w*|diagnose\w*|\ballergi\w*|behinderung\w*|"
            r"\b(?:schwer)?behinderte?[nrs]?\b|schwanger\w*|medikament\w*|\bmedizin\w*|therapie\w*|\bdepress\w*|"
            r"\bpsychisch\w*|\bpsychiatr\w*|blutdruck\w*|blutgruppe\w*|pflegegrad\w*|körpergewicht\w*|"
            r"\b(?:haus|fach|zahn|kinder|frauen)?(?:arzt|ärzt)\w*|\bHIV\b|\b(?:schutz)?impf(?:ung|status|stoff|t)\w*|"
            r"\bsymptom\w*|\bhealth\w*|\billness\w*|\bdisease\w*|\bdiagnos\w*|\bdisab(?:led|ilit)\w*|\bpregnan\w*|"
            r"\bmedica(?:l|tion)\w*|\btherap(?:y|ies|ist)\w*|\bblood (?:pressure|type|group)\b|\bvaccin\w*|"
            r"\bsick(?:ness)?\b|\bdoctor\w*|\bdiabet\w*|\bkrebs(?:erkrank|patient|vorsorge|leid)?\w*\b|\bcancer\b|"
            r"\btumou?r\w*|\basthma\w*|\brheuma\w*|\bmigr(?:än|ain)e\w*|\bepilep\w*|\bdemen(?:z|tia)\w*|\bcovid\w*|"
            r"\bschmerz(?:en?|mittel\w*|patient\w*)?\b|\brollstuhl\w*|\bwheelchair\w*|\bal[ck]oholi\w*|\bsucht\b|"
            r"\baddict\w*|\bherzinfarkt\w*|\bschlaganfall\w*|\bheart attacks?\b|\bburn-?out\w*|\bangststörung\w*|"
            r"\banxiety\b|\ballerg\w*|\bunverträglichkeit\w*|\bpflegebedürftig\w*|\bmedicines?\b|\bsyndrom\w*|"
            r"\b(?:be|been|are|were|feel|fall|fallen) ill\b|\bhörgerät\w*|\bhearing aids?\b|\bwechseljahre\w*|"
            r"\bmenopaus\w*|\bmenstruat\w*",
            re.I,
        ),
        "religion": re.compile(
            r"religi(?:on|ös|ou)\w*|konfession\w*|glaubens(?:richtung|bekenntnis|gemeinschaft)\w*|"
            r"\bIhr(?:em|en)? Glauben?\b|\bkirch(?:e|lich)\w*|\bmoschee\w*|\bsynagoge\w*|\bchristlich\w*|katholi\w*|"
            r"\bevangelisch\w*|\bmuslim\w*|\bislam\w*|\bjüdisch\w*|\bjudentum\w*|\bbuddhis\w*|\bhindu\w*|\bathe?is\w*|"
            r"weltanschau\w*|\byour faith\b|\bchurch\w*|\bmosque\w*|\bchristian\w*|\bprotestant\w*|\bjewish\b|"
            r"\bphilosophical beliefs?\b|\bmoslem\w*|\bjud(?:e|en|in)\b|\bchrist(?:en?|in|innen|entum)?\b|"
            r"\bfreikirch\w*|\bgottesdienst\w*|\bgebete?\b|\bzeugen? jehovas?\b|\bjehovah\w*|\bbaptist\w*|"
            r"\bcatholic\w*|\bsynagogue\w*|\bjews?\b|\bmormon\w*|\bglauben Sie an (?:einen )?Gott\b|\bbelieve in god\b|"
            r"\bkopftuch\w*|\bkoscher\w*|\bkosher\b|\bhalal\b",
            re.I,
        ),
        "union": re.compile(
            r"gewerkschaft\w*|\b(?:trade|labou?r) unions?\b|\bunion members?\w*|\bunioni[sz]ed\b|"
            r"\bIG (?:Metall|BCE|BAU)\b",
            re.I,
        ),
        "politics": re.compile(
            r"politi(?:sch|k)\w*|\bpartei(?:en|mitglied\w*|zugehörigkeit|buch)?\b|\bwahlverhalten\b|\bwahlabsicht\w*|"
            r"\b(?:bundestags|landtags|europa|kommunal)wahl\w*|\bpolitic\w*|\bparty (?:member\w*|affiliation)\b|"
            r"\b(?:do|did|will|would) you vote\b|\bvoting (?:behaviou?r|intentions?)\b|"
            r"\b(?:general|federal) elections?\b|\b(?:CDU|CSU|SPD|AfD|FDP|BSW|ÖVP|SPÖ|FPÖ)\b|\bBündnis 90\b|"
            r"\bLinkspartei\b|\bwen (?:würden|werden|haben) Sie (?:\w+ ){0,4}(?:ge)?wähl(?:en|t)\b|\bstimmzettel\w*|"
            r"\bwahlkampf\w*|\brepublicans?\b|\bdemocrats?\b|\blabour party\b",
            re.I,
        ),
        "sex_life": re.compile(
            r"sexu(?:al|ell)\w*|\bsexleben\w*|\bschwul\w*|\blesbisch\w*|\btransgender\w*|\bqueer\w*|\bsex life\b|"
            r"\bgay\b|\blesbian\w*|\blesben?\b|\bLGBT\w*|\btrans(?:frau|mann|ident|geschlecht)\w*|"
            r"\bnicht-?binär\w*|\bnon-?binary\b|\bverhütung\w*|\bcontracept\w*",
            re.I,
        ),
        "origin": re.compile(
            r"\bethni\w*|hautfarbe\w*|migrationshintergrund\w*|\bIhrer? Herkunft\b|\babstammung\w*|"
            r"\bIhrer? Rasse\b|\bracial\w*|\byour race\b|\bskin colou?r\b|\bmigration background\b|\byour ancestry\b|"
            r"\b(?:woher|wo) (?:stammen|kommen) (?:Sie|Ihre (?:Eltern|Familie|Vorfahren))\b|\bhautton\b|\bskin tone\b|"
            r"\b(?:Ihre|your) (?:Vorfahren|ancestors)\b|\bsinti\b",
            re.I,
        ),
        "genetics": re.compile(r"\bgenetic?s?(?:sch)?\w*|\bgentest\w*|\bDNA\b|\berbgut\w*|\bgenom(?:e|s)?\b", re.I),
        "biometrics": re.compile(
            r"biometri\w*|fingerabdr[uü]ck\w*|\bgesichtserkennung\w*|\bfingerprint\w*|\bfac(?:e|ial) recognition\b|"
            r"\biris[- ]?scan\w*|\bgesichtsscan\w*|\bface id\b|\bvoice ?prints?\b|\bstimm(?:probe|erkennung)\w*",
            re.I,
        ),
    }
)

_REACH = (
    r"(?:E-?Mail-?(?:Adresse|Anschrift)?\w*|Mailadresse\w*|Adressen?|Anschriften?|(?:Telefon|Handy|Mobil)nummern?|"
    r"Kontaktdaten|e-?mail(?: address)?(?:es)?|address(?:es)?|(?:phone|mobile) numbers?|contact details)"
)
_CLOSE = r"(?:Freund|Bekannt|Nachbar|Verwandt|friend|neighbou?r|relative|acquaintance)\w*"
_OTHERS = rf"(?:{_CLOSE}|(?:Kolleg|Familienmitglied|colleague|family member)\w*)"
# Nobody's address is asked of anybody else, nor the name of whom they know.
FRIENDS = re.compile(
    rf"\b{_REACH}\b[^.!?]{{0,60}}\b{_OTHERS}|\b{_OTHERS}[^.!?]{{0,60}}\b{_REACH}\b|"
    rf"\bnames?n?\b (?:\w+ ){{0,3}}{_CLOSE}|\b{_CLOSE}['’]s? (?:\w+ )?names?\b",
    re.I,
)
# Who somebody is: asked in words, it would make an anonymous answer a named one.
ONESELF = re.compile(
    r"\b(?:Ihre?[nrs]?|deine?[nrs]?|your|Vor- und Nach) ?(?:full |first |last |given |family |vollständige[nr]? )*"
    r"(?:Vor|Nach|Familien)?(?:name\w*|E-?Mail\w*|Mailadresse|Anschrift|Adresse|Postadresse|(?:Telefon|Handy|Mobil|"
    r"Kunden|Bestell|Vertrags|Mitglieds|Rechnungs)-?nummer|Geburtsdatum|Geburtstag|address|(?:phone|mobile|customer|"
    r"order|contract|member(?:ship)?|invoice) number|date of birth|birthday)\b",
    re.I,
)
