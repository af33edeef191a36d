"""The notes as XML and JSON: valid against their schemas, read back without loss, signed."""

from __future__ import annotations

import contextlib
import json
import random
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, Format, carried
from kervan.documents.signing import SignatureError
from kervan.documents.smgs.schema import JSON_SCHEMA, XSD, json_schema, xsd
from kervan.documents.smgs.structured import (
    CIM_SMGS_JSON,
    CIM_SMGS_XML,
    SMGS_JSON,
    SMGS_XML,
    read_json,
    read_xml,
)
from kervan.documents.xades import sign_xml, verify_xml
from tests.cargo.consignments import consignments, random_consignment

FORMATS = (SMGS_XML, SMGS_JSON, CIM_SMGS_XML, CIM_SMGS_JSON)
EXAMPLE = example_consignment()

each_format = pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.kind)


@lru_cache(maxsize=1)
def xml_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD)))


@lru_cache(maxsize=1)
def json_validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(JSON_SCHEMA.read_text("utf-8")))


def check(format_: Format, consignment: Consignment) -> None:
    data = format_.render(consignment)
    if format_.suffix == ".xml":
        xml_schema().assertValid(etree.fromstring(data))
    assert format_.recognises(data[:4096])
    assert [other.kind for other in FORMATS if other.recognises(data[:4096])] == [format_.kind]
    assert format_.read is not None
    found = format_.read(data)
    assert found.consignment == carried(consignment, format_.carries)
    assert (found.kind, found.left_over) == (format_.kind, ())


@each_format
def test_notes_are_read_back_without_loss(format_: Format) -> None:
    check(format_, EXAMPLE)
    for seed in range(60):
        check(format_, random_consignment(seed))


@pytest.mark.slow
@each_format
def test_ten_thousand_notes_are_read_back_without_loss(format_: Format) -> None:
    for seed in range(10_000):
        check(format_, random_consignment(seed))


@given(consignments())
@settings(max_examples=20, deadline=None)
def test_json_is_valid_against_its_schema(consignment: Consignment) -> None:
    for format_ in (SMGS_JSON, CIM_SMGS_JSON):
        json_validator().validate(json.loads(format_.render(consignment)))


def test_the_published_schemas_are_those_of_the_classes() -> None:
    assert XSD.read_text("utf-8") == xsd()
    assert JSON_SCHEMA.read_text("utf-8") == json_schema()


def test_the_schemas_refuse_what_is_no_note() -> None:
    content = json.loads(SMGS_JSON.render(EXAMPLE))
    content["boxes"]["1"]["consignee"] = {}
    assert not json_validator().is_valid(content)
    root = etree.fromstring(SMGS_XML.render(EXAMPLE))
    root[1].set("number", "99")
    assert not xml_schema().validate(root)


def test_what_no_element_holds_is_left_over() -> None:
    content = json.loads(SMGS_JSON.render(EXAMPLE))
    content["boxes"]["13"] = {"mass": "7"}
    content["more"] = [{"x": 1}, "y"]
    found = read_json(json.dumps(content).encode())
    assert {(left.place, left.value) for left in found.left_over} == {
        ("$.boxes.13.mass", "7"),
        ("$.more[0].x", "1"),
        ("$.more[1]", "y"),
    }
    text = (
        SMGS_XML.render(EXAMPLE)
        .decode()
        .replace("</note>", '<extra kind="k">v</extra><box number="13"><mass>7</mass></box></note>')
        .replace("<consignor>", '<consignor status="s"><stamp>t</stamp>', 1)
    )
    found = read_xml(text.encode())
    assert {(left.place, left.value) for left in found.left_over} == {
        ("/note/extra", "v"),
        ("/note/extra/@kind", "k"),
        ("/note/box[@number='13']/mass", "7"),
        ("/note/box[@number='1']/consignor/@status", "s"),
        ("/note/box[@number='1']/consignor/stamp", "t"),
    }
    assert found.consignment == carried(EXAMPLE, SMGS_XML.carries)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<note/>", "root"),
        (b'<note xmlns="urn:other" form="smgs"/>', "root"),
        (b'<note xmlns="urn:kervan:smgs:v1"/>', "form"),
        (b'<note xmlns="urn:kervan:smgs:v1" form="cmr"/>', "form"),
        (b'<note xmlns="urn:kervan:smgs:v1" form="smgs"/>', "reference"),
        (b'<!DOCTYPE note [<!ENTITY a "b">]><note>&a;</note>', "DOCTYPE"),
        (
            b'<note xmlns="urn:kervan:smgs:v1" form="smgs"><reference>A</reference>'
            b"<reference>B</reference><version>x</version></note>",
            "version",
        ),
    ],
)
def test_what_is_no_note_in_xml_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_xml(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format":"smgs.v1"}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"format":"smgs.v1","form":"smgs","reference":"A","boxes":[]}',
        b'{"format":"smgs.v1","form":"smgs","reference":"A","boxes":{"1":7}}',
        b'{"format":"smgs.v1","form":"smgs","boxes":{}}',
    ],
)
def test_what_is_no_note_in_json_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        read_json(data)


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=80, deadline=None)
def test_changed_notes_are_read_or_refused(seed: int, as_json: bool) -> None:
    rng = random.Random(seed)
    data = bytearray((SMGS_JSON if as_json else SMGS_XML).render(EXAMPLE))
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(data))
        data[place : place + rng.randrange(0, 9)] = bytes(
            rng.choice(b'<>&"{}[],:abc01 \x00\xff') for _ in range(rng.randrange(0, 6))
        )
    with contextlib.suppress(DocumentError):
        (read_json if as_json else read_xml)(bytes(data))


@given(st.binary(max_size=120))
def test_random_bytes_are_refused(data: bytes) -> None:
    for read in (read_json, read_xml):
        with pytest.raises(DocumentError):
            read(data)


def test_a_character_that_no_xml_holds_is_named() -> None:
    content = EXAMPLE.model_dump()
    content["remarks"] = [{"text": "bell \x07 here"}]
    with pytest.raises(DocumentError, match=r"\$.*remarks|remarks"):
        SMGS_XML.render(Consignment.model_validate(content))


@lru_cache(maxsize=4)
def signer(name: str, kind: str = "ec") -> tuple[bytes, bytes]:
    """Return a key and a certificate it signed itself, as PEM."""
    key: Any = ec.generate_private_key(ec.SECP256R1())
    if kind == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.PEM),
    )


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_signed_note_is_verified_and_still_valid_and_legible(kind: str) -> None:
    key, certificate = signer("Example Railway", kind)
    _, other = signer("Example Stranger")
    signed = sign_xml(SMGS_XML.render(EXAMPLE), key, certificate)
    found = verify_xml(signed, [other, certificate])
    assert found.signer == "O=Example Railway"
    assert read_xml(found.data).consignment == carried(EXAMPLE, SMGS_XML.carries)
    assert read_xml(signed).consignment == carried(EXAMPLE, SMGS_XML.carries)
    xml_schema().assertValid(etree.fromstring(signed))
    assert b"QualifyingProperties" in signed
    with pytest.raises(SignatureError, match="signed already"):
        sign_xml(signed, key, certificate)
    with pytest.raises(SignatureError, match="none of the 1"):
        verify_xml(signed, [other])


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_a_signed_note_that_says_something_else_is_not_verified(seed: int) -> None:
    key, certificate = signer("Example Railway")
    signed = sign_xml(SMGS_XML.render(EXAMPLE), key, certificate)
    rng = random.Random(seed)
    root = etree.fromstring(signed)
    texts = [
        element
        for element in root.iter("{urn:kervan:smgs:v1}*")
        if element.text and element.text.strip()
    ]
    changed = rng.choice(texts)
    changed.text = (changed.text or "") + "1"
    with pytest.raises(SignatureError):
        verify_xml(etree.tostring(root), [certificate])


def test_a_signature_over_a_part_does_not_pass_for_the_whole() -> None:
    key, certificate = signer("Example Railway")
    signed = etree.fromstring(sign_xml(SMGS_XML.render(EXAMPLE), key, certificate))
    # The signed note put into another one, whose content nobody signed.
    wrapper = etree.fromstring(SMGS_XML.render(random_consignment(1)))
    wrapper.append(signed)
    with pytest.raises(SignatureError):
        verify_xml(etree.tostring(wrapper), [certificate])
    with pytest.raises(SignatureError, match="0 signatures"):
        verify_xml(SMGS_XML.render(EXAMPLE), [certificate])
    with pytest.raises(SignatureError, match="PEM"):
        verify_xml(etree.tostring(signed), [b"nonsense"])
    with pytest.raises(SignatureError, match="cannot be signed"):
        sign_xml(SMGS_XML.render(EXAMPLE), b"nonsense", certificate)
