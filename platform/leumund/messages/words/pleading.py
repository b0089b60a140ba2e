"""Words that plead for a good mark, German and English alike: a list to be read and added to by lawyers.

They make an answer worthless (UWG section 5), in a question as in the mail that brings it.
"""

import re

_GOOD = (
    r"\b(?:(?:10|zehn|9|neun|5|fünf|ten|nine|five)\b|volle\w* Punktzahl|Bestnoten?|Höchstnoten?|Höchstpunktzahl|"
    r"(?:gute|positive|beste|sehr gute|top|good|positive|high|full|excellent|best)\w* "
    r"(?:Bewertung|Note|Punktzahl|Empfehlung|rating|score|mark|review)\w*)"
)
# Somebody is asked to answer well, or told what they surely think.
LOADED = re.compile(
    rf"\b(?:geben|gib|vergeben|schenken?) (?:Sie )?uns (?:bitte |doch |gern |gerne |eine? |die )*{_GOOD}|"
    rf"\bfreuen uns (?:\w+ ){{0,2}}über (?:eine |die |Ihre |viele )*{_GOOD}|"
    r"\bbewerten Sie uns (?:bitte |doch )*(?:gut|positiv|mit (?:10|zehn|5|fünf|der Bestnote))\b|"
    r"\bnur (?:eine |die |9 oder |neun oder )*(?:10|zehn|Bestnote)\w* (?:zähl|gilt|gelt|hilft|helfen)\w*|"
    r"\b(?:finden|meinen|denken|sind|waren) Sie (?:nicht auch|etwa nicht)\b|"
    r"\bsicher(?:lich)? (?:sind|waren|würden|werden|haben|hat) (?:Sie|Ihnen)\b|"
    r"\bwie (?:toll|großartig|super|genial|begeistert|fantastisch|hervorragend|perfekt)\b|"
    r"\bwie sehr (?:lieben|liebten|gefällt|gefiel|begeister)\w*|"
    r"\bunser\w* (?:hervorragend|ausgezeichnet|exzellent|erstklassig|preisgekrönt|großartig|toll|fantastisch|"
    r"perfekt)\w*|"
    rf"\b(?:please )?(?:give|rate|score) us (?:a |an |the |your )*{_GOOD}|"
    rf"\b(?:love|appreciate|hope for|happy about) (?:a |an |your |to get a )*{_GOOD}|"
    r"\bonly (?:a |9s and |nines and )*(?:10|ten)s? (?:counts?|helps?)\b|"
    r"\b(?:do|did|are|were|would)n['’]t you (?:also )?(?:agree|think|love|find|happy|delighted|satisfied|say)\b|"
    r"\bsurely,? you\b|\bhow (?:great|amazing|awesome|wonderful|fantastic|perfect|delighted|thrilled)\b|"
    r"\bhow much (?:do|did) you (?:love|enjoy)\b|"
    r"\bour (?:excellent|outstanding|award-winning|amazing|great|first-class|superb|wonderful|fantastic|perfect)\b",
    re.I,
)
_GIFT = (
    r"(?:Gutschein|Rabatt|Prämie|Geschenk|Gewinnspiel|Verlosung|Bonus|Punkte geschenkt|"
    r"voucher|discount|reward|gift|prize|raffle|bonus|coupon|refund)"
)
# What is given for a good mark; a thank-you that every answer gets is something else.
BOUGHT = re.compile(
    rf"{_GOOD}[^.!?]{{0,80}}\b{_GIFT}|\b{_GIFT}\w*[^.!?]{{0,80}}\b(?:für|bei|ab|wenn|for|if|when)\b[^.!?]{{0,30}}{_GOOD}",
    re.I,
)
