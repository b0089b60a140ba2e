"""What may be claimed is one exact host of the public DNS, stored one way however it was typed."""

import idna
import pytest

from leumund.kit.faults import Refused
from leumund.tenancy.domains import lookalikes, naming
from leumund.tenancy.domains.naming import BadDomain, LooksAlike, NotYours

BASE = "leumund.test"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("birke.de", "birke.de"),
        ("  Freunde.BIRKE.de. ", "freunde.birke.de"),
        ("birke.de:443", "birke.de"),
        ("www.birke.de", "www.birke.de"),
        ("Müller.de", "xn--mller-kva.de"),
        ("xn--mller-kva.de", "xn--mller-kva.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("birke。de", "birke.de"),
        ("ＢＩＲＫＥ.de", "birke.de"),
        ("bir\u00adke.de", "birke.de"),
        ("日本語.jp", "xn--wgv71a119e.jp"),
        ("食べる.jp", "xn--59jtb2538c.jp"),
        ("birke.test", "birke.test"),
        ("birke.co.uk", "birke.co.uk"),
        ("birke.github.io", "birke.github.io"),
        ("www.ck", "www.ck"),
    ],
)
def test_a_domain_is_stored_one_way(typed: str, stored: str):
    assert naming.stored(typed, base_domain=BASE) == stored
    assert naming.stored(stored, base_domain=BASE) == stored
    assert naming.stored(naming.shown(stored), base_domain=BASE) == stored


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", BadDomain),
        ("de", BadDomain),
        ("localhost", BadDomain),
        ("birke.localhost", BadDomain),
        ("birke.local", BadDomain),
        ("birke.example", BadDomain),
        ("birke.internal", BadDomain),
        ("127.0.0.1", BadDomain),
        ("0x7f.1", BadDomain),
        ("2130706433", BadDomain),
        ("[::1]", BadDomain),
        ("::1", BadDomain),
        ("fe80::1%eth0", BadDomain),
        ("https://birke.de", BadDomain),
        ("birke.de/", BadDomain),
        ("anna@birke.de", BadDomain),
        ("birke.de:99999", BadDomain),
        ("*.birke.de", BadDomain),
        ("_leumund.birke.de", BadDomain),
        ("-birke.de", BadDomain),
        ("birke..de", BadDomain),
        ("bir ke.de", BadDomain),
        ("birke.de\n", None),
        ("bir\nke.de", BadDomain),
        ("bir\u200dke.de", BadDomain),
        ("☃.de", BadDomain),
        ("xn--birke-.de", BadDomain),
        ("x" * 64 + ".de", BadDomain),
        ("x." * 122 + "de", BadDomain),
        ("x" * 1_000_000, BadDomain),
        ("co.uk", NotYours),
        ("gv.at", NotYours),
        ("GitHub.io.", NotYours),
        ("s3.eu-central-1.amazonaws.com", NotYours),
        ("公司.cn", NotYours),
        ("foo.ck", NotYours),
        (BASE, NotYours),
        ("linden." + BASE, NotYours),
        ("WWW.Leumund.TEST.", NotYours),
        ("1eumund.test", LooksAlike),
        ("www.leurnund.test", LooksAlike),
        ("a.b.1eumund.test", LooksAlike),
        ("lеumund.test", LooksAlike),
        ("рaypal.com", LooksAlike),
    ],
)
def test_what_no_company_may_have_is_refused(typed: str, refusal: type[Refused] | None):
    if refusal is None:
        assert naming.stored(typed, base_domain=BASE) == "birke.de"
        return
    with pytest.raises(refusal) as raised:
        naming.stored(typed, base_domain=BASE)
    assert raised.value.field == "name"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("birke.de", "www.birke.de"),
        ("birke.de", "bırke.de"),
        ("birke.de", "bírke.de"),
        ("modern.de", "modem.de"),
        ("wohnen.de", "vvohnen.de"),
        ("lotto.de", "l0tt0.de"),
        ("paypal.com", "раураӏ.com"),
        ("strasse.de", "straße.de"),
    ],
)
def test_names_one_reads_alike_have_one_skeleton(one: str, other: str):
    assert _skeleton(one) == _skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("müller.de", "muller.de"), ("birke.de", "birke.com"), ("mail.de", "mall.de"), ("a.de", "b.de")]
)
def test_names_one_reads_apart_have_two(one: str, other: str):
    assert _skeleton(one) != _skeleton(other)


def _skeleton(name: str) -> str:
    return lookalikes.skeleton(idna.encode(name, uts46=True).decode())
