"""What a sender domain's DNS says is judged as receivers read it."""

import pytest

from leumund.messages.carrying import records
from leumund.messages.carrying.records import GOOD, MISSING, OTHER, SEVERAL

OURS = "include:spf.leumund.example"
KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"


@pytest.mark.parametrize(
    ("texts", "judged"),
    [
        ([b"v=spf1 include:spf.leumund.example ~all"], GOOD),
        ([b"V=SPF1  Include:SPF.leumund.example -all"], GOOD),
        ([b"v=spf1 mx +include:spf.leumund.example include:other.example -all"], GOOD),
        ([b"other words", b"v=spf1 include:spf.leumund.example ~all"], GOOD),
        ([b"v=spf1 -include:spf.leumund.example ~all"], OTHER),
        ([b"v=spf1 include:spf.leumund.example.evil.example ~all"], OTHER),
        ([b"v=spf1 mx -all"], OTHER),
        ([b"v=spf10 include:spf.leumund.example ~all"], MISSING),
        ([b"v=spf1 include:spf.leumund.example ~all", b"v=spf1 mx -all"], SEVERAL),
        ([], MISSING),
    ],
)
def test_spf_lets_our_server_send_or_does_not(texts: list[bytes], judged: str):
    assert records.judge_spf(texts, mechanism=OURS) == judged


@pytest.mark.parametrize(
    ("texts", "judged"),
    [
        ([f"v=DKIM1; k=rsa; p={KEY}".encode()], GOOD),
        ([f"k=rsa;p={KEY[:10]} {KEY[10:]}".encode()], GOOD),
        ([f"v=DKIM1; p={KEY}x".encode()], OTHER),
        ([b"v=DKIM1; p="], OTHER),
        ([f"v=DKIM1; p={KEY}".encode(), b"v=DKIM1; p=another"], OTHER),
        ([b"something else"], MISSING),
        ([b"\xff\xfe"], MISSING),
        ([], MISSING),
    ],
)
def test_dkim_shows_our_key_or_does_not(texts: list[bytes], judged: str):
    assert records.judge_dkim(texts, public_key=KEY) == judged


@pytest.mark.parametrize(
    ("texts", "judged"),
    [
        ([b"v=DMARC1; p=reject; rua=mailto:a@linden.example"], GOOD),
        ([b"v=DMARC1;p=none"], GOOD),
        ([b"v=DMARC1; p=whatever"], MISSING),
        ([b"v=DMARC1; p=none", b"v=DMARC1; p=reject"], SEVERAL),
        ([b"v=spf1 -all"], MISSING),
        ([], MISSING),
    ],
)
def test_any_policy_is_one(texts: list[bytes], judged: str):
    assert records.judge_dmarc(texts) == judged


def test_what_we_ask_for_is_what_we_call_good():
    wanted = records.wanted(domain="linden.example", selector="lm1", public_key=KEY, spf=OURS)
    said = {record.kind: [record.words.encode()] for record in wanted}
    assert records.judge_spf(said["spf"], mechanism=OURS) == GOOD
    assert records.judge_dkim(said["dkim"], public_key=KEY) == GOOD
    assert records.judge_dmarc(said["dmarc"]) == GOOD


def test_nothing_is_asked_of_spf_where_nobody_knows_what_it_should_say():
    assert [each.kind for each in records.wanted(domain="a.example", selector="x", public_key=KEY, spf="")] == [
        "dkim",
        "dmarc",
    ]
