"""Passwords: long enough, not the first that others would try, and kept by argon2id."""

import pytest

from leumund.kit import faults, passwords

GOOD = (
    "Kaffeetasse steht schief",
    "vierzehn rosa Elefanten",
    "dragon coffee berlin yellow",
    "Zx9#kfL2pQ!vw",
    "  spaces count, and stay  ",
    "ünïcödé ist auch erlaubt",
    "пароль из слов и пробелов",
)
COMMON = (
    "Password1234",
    "P@ssw0rd12345",
    "Passwort2026!",
    "qwertzuiop123",
    "aaaaaaaaaaaaaaaa",
    "123456789012",
    "abcabcabcabc",
    "Sommer2026!!!",
    "ichliebedich1",
    "letmeinletmein",
    "1q2w3e4r5t6z",
    "hallo-welcome-2026",
)


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_taken_whatever_it_is_made_of(password: str):
    passwords.check(password)


@pytest.mark.parametrize("password", COMMON)
def test_a_common_one_is_refused(password: str):
    with pytest.raises(passwords.WeakPassword) as refusal:
        passwords.check(password)
    assert refusal.value.key == "errors.passwords.common"


@pytest.mark.parametrize("password", ["", "kurz", "elf Zeichen"])
def test_a_short_one_is_refused(password: str):
    with pytest.raises(faults.Refused) as refusal:
        passwords.check(password)
    assert refusal.value.key == "errors.passwords.short"
    assert refusal.value.field == "password"


def test_the_name_of_person_and_company_is_no_password():
    with pytest.raises(passwords.WeakPassword):
        passwords.check("AnnaLinden2026", known=("Anna", "Linden"))


def test_256_characters_are_taken_and_one_more_is_refused_and_never_cut():
    long = "Ein Satz, der lang ist. " * 10 + "Und noch ein Ende"
    passwords.check(long[:256])
    with pytest.raises(passwords.WeakPassword):
        passwords.check(long[:256].ljust(257, "!"))


def test_the_list_is_long_and_in_lower_case():
    words = passwords._common()
    assert len(words) > 500
    assert all(word == word.casefold() for word in words)


async def test_it_is_kept_by_argon2id_with_the_parameters_of_the_asvs():
    kept = await passwords.hashed(GOOD[0])
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(kept.replace("m=19456", "m=8192"))


async def test_only_the_right_one_matches_to_the_last_character():
    kept = await passwords.hashed("x" * 255 + "a")
    assert await passwords.matches(kept, "x" * 255 + "a")
    assert not await passwords.matches(kept, "x" * 255 + "b")
    assert not await passwords.matches(kept, "x" * 255 + "ab")


async def test_nothing_matches_where_nothing_is_kept():
    assert not await passwords.matches(None, "")
    assert not await passwords.matches("no hash", "no hash")
