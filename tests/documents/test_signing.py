"""What is signed can be shown to be the same, and nothing else passes for it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from kervan.cargo import example_consignment
from kervan.documents.format import DocumentError
from kervan.documents.signing import (
    SignatureError,
    canonical,
    consignment_data,
    digest,
    generate_key,
    header,
    load_public_key,
    load_signing_key,
    sign,
    unverified,
    verify,
)

KEY = generate_key()
OTHER = generate_key()
DATA = consignment_data(example_consignment())
SIGNED = sign(b'{"a":1,"b":"x"}', KEY)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6), below),
    max_leaves=12,
)


def reordered(content: Any, rng: random.Random) -> Any:
    if isinstance(content, dict):
        names = list(content)
        rng.shuffle(names)
        return {name: reordered(content[name], rng) for name in names}
    if isinstance(content, list):
        return [reordered(entry, rng) for entry in content]
    return content


def test_what_was_signed_comes_back() -> None:
    assert verify(sign(DATA, KEY), [OTHER.public, KEY.public]) == DATA
    assert unverified(sign(DATA, KEY)) == DATA
    assert header(SIGNED) == {"alg": "Ed25519", "kid": KEY.key_id}


def test_another_library_verifies_the_signature() -> None:
    found = jws.deserialize_compact(
        SIGNED, OKPKey.import_key(KEY.public.to_pem()), algorithms=["Ed25519"]
    )
    assert found.payload == b'{"a":1,"b":"x"}'


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_signatures_under_the_older_name_of_the_algorithm_are_verified() -> None:
    older = jws.serialize_compact(
        {"alg": "EdDSA", "kid": KEY.key_id},
        b"{}",
        OKPKey.import_key(dict(KEY.jwk)),
        algorithms=["EdDSA"],
    )
    assert verify(older, [KEY.public]) == b"{}"


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_of_what_was_signed_fails(place: int, change: int) -> None:
    changed = SIGNED[:place] + chr(ord(SIGNED[place]) ^ change) + SIGNED[place + 1 :]
    with pytest.raises(SignatureError):
        verify(changed, [KEY.public])


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_changed_byte_of_detached_data_fails(place: int, change: int) -> None:
    detached = sign(DATA, KEY, detached=True)
    changed = DATA[:place] + bytes([DATA[place] ^ change]) + DATA[place + 1 :]
    assert verify(detached, [KEY.public], DATA) == DATA
    with pytest.raises(SignatureError, match="does not fit the data"):
        verify(detached, [KEY.public], changed)


@given(
    st.text(max_size=60)
    | st.builds(lambda a, b: SIGNED[:a] + SIGNED[b:], st.integers(0, 200), st.integers(0, 200))
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    if text != SIGNED:
        with pytest.raises(SignatureError):
            verify(text, [KEY.public])


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"alg": "none", "kid": KEY.key_id}, "algorithm 'none'"),
        ({"alg": "HS256", "kid": KEY.key_id}, "algorithm 'HS256'"),
        ({"alg": "Ed25519"}, "does not name the key"),
        ({"alg": "Ed25519", "kid": 7}, "does not name the key"),
        ({"alg": "Ed25519", "kid": KEY.key_id, "crit": ["b64"], "b64": False}, "besides alg"),
        ([], "does not name the key"),
    ],
)
def test_a_header_that_weakens_the_signature_is_refused(head: Any, said: str) -> None:
    from base64 import urlsafe_b64encode

    encoded = urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
    _, body, signature = SIGNED.split(".")
    with pytest.raises(SignatureError, match=said):
        verify(f"{encoded}.{body}.{signature}", [KEY.public])


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(SignatureError, match=KEY.key_id):
        verify(SIGNED, [OTHER.public])
    with pytest.raises(SignatureError, match="detached"):
        verify(sign(DATA, KEY, detached=True), [KEY.public])
    with pytest.raises(SignatureError, match="other data"):
        verify(SIGNED, [KEY.public], DATA)


@given(JSON, st.integers(0, 2**32))
def test_the_order_of_fields_does_not_matter(content: Any, seed: int) -> None:
    assert canonical(reordered(content, random.Random(seed))) == canonical(content)
    assert json.loads(canonical(content)) == content


def test_the_published_example_of_canonical_json() -> None:
    # RFC 8785, section 3.2.2 and 3.2.4.
    given_ = (
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
        '"literals":[null,true,false]}'
    )
    assert canonical(json.loads(given_)) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_what_json_cannot_hold_is_refused() -> None:
    for content in (2**60, float("nan"), "\ud800", {1: 2}):
        with pytest.raises(DocumentError, match="canonical JSON"):
            canonical(content)


def test_the_digest_is_sha256_in_base64url() -> None:
    # FIPS 180-4, SHA-256 of "abc".
    assert digest(b"abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"


def test_keys_are_read_as_they_were_written() -> None:
    assert load_signing_key(KEY.to_pem()) == KEY
    assert load_signing_key(KEY.to_pem("secret"), "secret") == KEY
    assert load_signing_key(KEY.to_jwk()) == KEY
    assert load_public_key(KEY.public.to_pem()) == KEY.public
    assert load_public_key(KEY.public.to_jwk()) == KEY.public
    assert load_public_key(KEY.to_jwk()) == KEY.public
    assert KEY.jwk["d"] not in repr(KEY)


def test_the_thumbprint_is_that_of_the_standard() -> None:
    # RFC 8037, appendix A.3.
    key = load_public_key(
        b'{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
    )
    assert key.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"[:16]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"nonsense",
        b'{"kty":"oct","k":"AAAA"}',
        b"-----BEGIN PRIVATE KEY-----\nAA==\n",
        b"\xff\xfe",
        b"[1]",
        b'{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
    ],
)
def test_what_is_no_key_is_refused(data: bytes) -> None:
    with pytest.raises(SignatureError):
        load_public_key(data)
    with pytest.raises(SignatureError):
        load_signing_key(data)


def test_a_public_key_does_not_sign() -> None:
    with pytest.raises(SignatureError, match="private key"):
        load_signing_key(KEY.public.to_pem())
    with pytest.raises(SignatureError):
        load_signing_key(KEY.to_pem("secret"), "wrong")
