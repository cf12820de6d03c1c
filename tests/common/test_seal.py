"""What is sealed opens for its key, in its context, unchanged, and for nothing else."""

from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.common.seal import (
    Undecipherable,
    blind_index,
    canonical,
    decrypt,
    encrypt,
    new_key,
    new_key_pair,
    pseudonym,
    seal,
    unseal,
)

KEY = bytes(range(32))
PRIVATE, PUBLIC = new_key_pair()


@given(plaintext=st.binary(max_size=2000), context=st.text(st.characters(codec="utf-8")))
def test_decrypt_reverses_encrypt(plaintext: bytes, context: str) -> None:
    assert decrypt(KEY, encrypt(KEY, plaintext, context), context) == plaintext


@given(plaintext=st.binary(max_size=2000), context=st.text(st.characters(codec="utf-8")))
@example(plaintext=b"\x80\0\0", context="")
@example(plaintext=b"\0" * 256, context="")
def test_unseal_reverses_seal(plaintext: bytes, context: str) -> None:
    assert unseal(PRIVATE, seal(PUBLIC, plaintext, context), context) == plaintext


@given(data=st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    for made, key, opened in (
        (encrypt(KEY, b"synthetic", "c"), KEY, decrypt),
        (seal(PUBLIC, b"synthetic", "c"), PRIVATE, unseal),
    ):
        bit = data.draw(st.integers(0, len(made) * 8 - 1))
        changed = bytearray(made)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Undecipherable):
            opened(key, bytes(changed), "c")


@given(kept=st.integers(0, 37))
def test_a_cut_ciphertext_is_noticed(kept: int) -> None:
    encrypted = encrypt(KEY, b"synthetic", "c")
    assert len(encrypted) == 38
    with pytest.raises(Undecipherable):
        decrypt(KEY, encrypted[:kept], "c")
    with pytest.raises(Undecipherable):
        unseal(PRIVATE, seal(PUBLIC, b"synthetic", "c")[:kept], "c")


def test_another_key_or_context_does_not_open() -> None:
    encrypted, sealed = encrypt(KEY, b"synthetic", "person:1"), seal(PUBLIC, b"synthetic", "campaign:1")
    other, _ = new_key_pair()
    for opened, key, ciphertext, context in (
        (decrypt, new_key(), encrypted, "person:1"),
        (decrypt, KEY, encrypted, "person:2"),
        (unseal, other, sealed, "campaign:1"),
        (unseal, PRIVATE, sealed, "campaign:2"),
    ):
        with pytest.raises(Undecipherable):
            opened(key, ciphertext, context)


def test_equal_plaintexts_give_unequal_ciphertexts() -> None:
    assert len({encrypt(KEY, b"same", "c") for _ in range(100)}) == 100
    assert len({seal(PUBLIC, b"same", "c") for _ in range(100)}) == 100


@given(one=st.binary(max_size=255), other=st.binary(max_size=255))
def test_the_length_of_a_seal_does_not_tell_one_short_answer_from_another(one: bytes, other: bytes) -> None:
    assert len(seal(PUBLIC, one, "c")) == len(seal(PUBLIC, other, "c"))


@given(size=st.integers(0, 5000), smallest=st.sampled_from([0, 64, 256, 1024]))
def test_seals_come_in_few_lengths(size: int, smallest: int) -> None:
    padded = len(seal(PUBLIC, b"x" * size, "c", smallest=smallest)) - 49
    assert padded > size
    assert padded >= smallest
    assert padded.bit_count() == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("N 1234567", "n1234567"),
        ("AB-123\u00a0456", "ab123456"),
        ("۱۳۹۸-۱۲۳۴-۵۶۷۸۹", "1398-1234-56789"),
        ("１２３\u200b４", "1234"),
        ("STRASSE 5", "straße 5"),
        ("Й1", "Й1"),
    ],
)
def test_two_spellings_of_one_number_have_one_index(one: str, other: str) -> None:
    assert blind_index(KEY, one) == blind_index(KEY, other)


@pytest.mark.parametrize(("one", "other"), [("N1234567", "N1234568"), ("A1", "А1"), ("a.b@x", "ab@x")])
def test_two_numbers_have_two_indexes(one: str, other: str) -> None:
    assert blind_index(KEY, one) != blind_index(KEY, other)


def test_an_index_needs_its_key() -> None:
    assert blind_index(KEY, "N1234567") != blind_index(new_key(), "N1234567")


@given(st.text(st.characters(codec="utf-8")))
def test_the_canonical_form_is_stable(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize("blank", ["", " ", "--", "\u200b\t"])
def test_a_blank_has_no_index(blank: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        blind_index(KEY, blank)


@given(person=st.uuids(), edition=st.uuids())
def test_a_pseudonym_is_repeatable_and_well_formed(person: UUID, edition: UUID) -> None:
    made = pseudonym(KEY, person, edition)
    assert made == pseudonym(KEY, person, edition)
    assert (made.version, made.variant) == (8, "specified in RFC 4122")
    assert made not in {person, edition}


def test_pseudonyms_differ_by_person_edition_and_key() -> None:
    person, edition = uuid4(), uuid4()
    made = {
        pseudonym(KEY, person, edition),
        pseudonym(KEY, person, uuid4()),
        pseudonym(KEY, uuid4(), edition),
        pseudonym(KEY, edition, person),
        pseudonym(new_key(), person, edition),
    }
    assert len(made) == 5
