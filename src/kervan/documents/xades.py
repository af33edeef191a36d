"""XML signed by XAdES at level B-B (ETSI EN 319 132-1), enveloped in the document it signs.

Neither the eFTI data sets nor NCTS messages are signed so; the electronic rail note may be, and
what is between railways is agreed between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kervan.documents.safe_xml import parse_xml
from kervan.documents.signing import SignatureError

_INSTALL = "Install what it needs with pip install 'kervan[documents]'."
_REFERENCES = 3
"""What is signed: the document but its signature, the signature's properties, its certificate."""


@dataclass(frozen=True, slots=True)
class VerifiedXml:
    """What a signature was verified over.

    Attributes
    ----------
    data
        The document without its signature: nothing else was signed, and nothing else is to be read.
    signer
        Subject of the certificate, as RFC 4514 writes it.
    """

    data: bytes
    signer: str


def sign_xml(data: bytes, key_pem: bytes, certificate_pem: bytes) -> bytes:
    """Sign an XML document.

    Parameters
    ----------
    data
        The document, not signed yet.
    key_pem
        Private key, RSA or elliptic curve, as PEM without a password.
    certificate_pem
        Its X.509 certificate, as PEM.

    Raises
    ------
    SignatureError
        If key or certificate cannot be used.
    DocumentError
        If it is no XML that is read.
    """
    root = parse_xml(data)
    try:
        from lxml import etree
        from signxml.xades.xades import XAdESSigner
    except ImportError:
        raise SignatureError(f"XAdES needs the package signxml. {_INSTALL}") from None
    if root.find(f".//{_SIGNATURE}") is not None:
        raise SignatureError("The XML is signed already; a second signature is not added.")
    try:
        signer = XAdESSigner(signature_algorithm=_algorithm(key_pem))
        signed = signer.sign(root, key=key_pem, cert=certificate_pem.decode("ascii"))
    except Exception as error:  # signxml, cryptography and OpenSSL each raise types of their own
        raise SignatureError(
            f"The XML cannot be signed with this key and certificate ({type(error).__name__}); an "
            "RSA or elliptic curve key and the certificate that belongs to it were expected, as "
            "PEM."
        ) from None
    found: bytes = etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
    return found


def verify_xml(data: bytes, certificates_pem: Sequence[bytes]) -> VerifiedXml:
    """Verify the signature of an XML document.

    Parameters
    ----------
    data
        The document with its signature in it.
    certificates_pem
        Certificates of the signers that are trusted, as PEM.

    Raises
    ------
    SignatureError
        If there is no signature, it is none of theirs, or the document was changed.
    DocumentError
        If it is no XML that is read.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from lxml import etree

    root = parse_xml(data)
    signatures = root.findall(f".//{_SIGNATURE}")
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SignatureError(
            f"The XML has {len(signatures)} signatures; one, directly below its root, was expected."
        )
    try:
        trusted = [x509.load_pem_x509_certificate(pem) for pem in certificates_pem]
    except ValueError:
        raise SignatureError("A trusted certificate cannot be read; PEM was expected.") from None
    for certificate in trusted:
        pem = certificate.public_bytes(Encoding.PEM).decode("ascii")
        payload = _verified(data, pem)
        if payload is not None:
            found: bytes = etree.tostring(payload, xml_declaration=True, encoding="UTF-8")
            return VerifiedXml(found, certificate.subject.rfc4514_string())
    raise SignatureError(
        f"The signature of the XML was verified by none of the {len(trusted)} trusted "
        "certificates: it is by another signer, or the document was changed after it was signed."
    )


_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_SIGNATURE = f"{_DS}Signature"


def _verified(data: bytes, certificate: str) -> object | None:
    """Return what was signed, the root of the document, or None if it is not by this signer."""
    from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

    expected = XAdESSignatureConfiguration(
        require_x509=True, location="./", expect_references=_REFERENCES
    )
    try:
        results = XAdESVerifier().verify(data, x509_cert=certificate, expect_config=expected)
    except Exception:  # whatever is wrong with it, it is not verified
        return None
    # The first reference is the one to the document; an empty address is the whole of it.
    whole = parse_xml(data).find(f"{_SIGNATURE}/{_DS}SignedInfo/{_DS}Reference")
    if whole is None or whole.get("URI") != "":
        return None
    return results[0].signed_xml


def _algorithm(key_pem: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(key_pem, None)
    return "ecdsa-sha256" if isinstance(key, EllipticCurvePrivateKey) else "rsa-sha256"
