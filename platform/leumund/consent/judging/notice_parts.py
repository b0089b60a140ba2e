"""What Art. 13 GDPR wants a notice to say, and the words by which one sees that it does.

A word is no proof that the part is right; that it is missing is proof that the notice is not. None of these words
stands in what is filled in from elsewhere, but where that is the part itself (Art. 6, the EEA).
"""

import re

PARTS = {
    # Art. 13(1)
    "contact": re.compile(r"\S@[^\s@]{1,255}\.\w"),
    "officer": re.compile(r"Datenschutzbeauftragte|data protection officer|\bDPO\b", re.I),
    "purposes": re.compile(r"\bfür\b|\bum\b|Zweck|\bwozu\b|\bfor\b|purpose|\bto (?:run|ask|prove|keep)\b", re.I),
    "basis": re.compile(r"Art\. ?6\b", re.I),
    "interest": re.compile(r"unser\w* berechtigte\w* Interesse|our legitimate interest", re.I),
    "recipients": re.compile(
        r"Empfänger\b|Dienstleister|Auftragsverarbeit|Art\. ?28|"
        r"recipient|service provider|processor|who (?:gets|receives)",
        re.I,
    ),
    "transfers": re.compile(r"\bEWR\b|Drittl[aä]nd|Drittstaat|\bEEA\b|third countr", re.I),
    # Art. 13(2)
    "period": re.compile(
        r"\b(?:wie lange|speicher(?:dauer|frist)|aufbewahr|bewahren|"
        r"how long|storage period|for as long as|retention|keep it|kept for)",
        re.I,
    ),
    "access": re.compile(r"Auskunft|access|copy of your data", re.I),
    "rectification": re.compile(r"Berichtig|rectif|correct", re.I),
    "erasure": re.compile(r"Lösch|eras(?:e|ure)|delet", re.I),
    "restriction": re.compile(r"Einschränk|nur noch speichern|restrict|only store", re.I),
    "objection": re.compile(r"widersprech|Widerspruch|\bobject", re.I),
    "portability": re.compile(
        r"Übertrag|mitnehmen|Mitnehmen|maschinenlesbar|portab|take elsewhere|machine-readable", re.I
    ),
    "withdrawal": re.compile(r"\bwiderrufen\b|\bcan (?:always )?withdraw\b", re.I),
    "complaint": re.compile(r"Aufsichtsbehörde|beschwer|supervisory authority|complain", re.I),
    "mandatory": re.compile(
        r"vorgeschrieben|verpflichtet (?:sind )?Sie|Pflicht gibt es|Pflichtangabe|angeben müssen|Angaben machen müssen|"
        r"oblig\w* you|legal duty|makes you tell|required to give|have to give",
        re.I,
    ),
    "automated": re.compile(
        r"automatisiert|allein automatisch|automated (?:decision|means)|decisions by automated", re.I
    ),
}
