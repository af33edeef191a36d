"""The data of a consignment signed: canonical JSON (RFC 8785) in a JSON Web Signature (RFC 7515).

The signature is Ed25519, under the algorithm's name of RFC 9864; signatures that carry its older
name, ``EdDSA`` (RFC 8037), are verified too. A key is known by the first 16 characters of its
thumbprint (RFC 7638), so that anybody who has the public key can work out its name.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError

MOST_BYTES = 16 * 2**20
"""Size of the largest signed data that is read."""

ALGORITHM = "Ed25519"
_ALGORITHMS = ("Ed25519", "EdDSA")
_KEY_ID_LENGTH = 16
_INSTALL = "Install what it needs with pip install 'kervan[documents]'."


class SignatureError(DocumentError):
    """Signed data is not what was signed, or by a key that is not known."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies.

    Attributes
    ----------
    key_id
        First 16 characters of its thumbprint (RFC 7638, SHA-256).
    jwk
        As JSON Web Key.
    """

    key_id: str
    jwk: dict[str, str]

    def to_jwk(self) -> bytes:
        """Return it as JSON Web Key."""
        return canonical({**self.jwk, "kid": self.key_id})

    def to_pem(self) -> bytes:
        """Return it as PEM (SubjectPublicKeyInfo)."""
        pem: bytes = _okp(self.jwk).as_pem(private=False)
        return pem


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs; it keeps what must not be shown out of its ``repr``.

    Attributes
    ----------
    key_id
        First 16 characters of its thumbprint (RFC 7638, SHA-256).
    jwk
        As JSON Web Key, with the private part.
    """

    key_id: str
    jwk: dict[str, str] = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey(self.key_id, {k: self.jwk[k] for k in ("crv", "kty", "x")})

    def to_jwk(self) -> bytes:
        """Return it as JSON Web Key, with the private part."""
        return canonical({**self.jwk, "kid": self.key_id})

    def to_pem(self, password: str | None = None) -> bytes:
        """Return it as PEM (PKCS #8), encrypted where a password is given."""
        pem: bytes = _okp(self.jwk).as_pem(private=True, password=password)
        return pem


def generate_key() -> SigningKey:
    """Return a new key to sign with."""
    from joserfc.jwk import OKPKey

    return _signing_key(OKPKey.generate_key("Ed25519"))


def load_signing_key(data: bytes, password: str | None = None) -> SigningKey:
    """Read a key to sign with, from PEM (PKCS #8) or JSON Web Key.

    Raises
    ------
    SignatureError
        If it is no private Ed25519 key, or the password does not open it.
    """
    key = _loaded(data, password)
    if not key.is_private:
        raise SignatureError(
            "The key is a public one, which verifies; to sign, give the private key."
        )
    return _signing_key(key)


def load_public_key(data: bytes) -> PublicKey:
    """Read a key to verify with, from PEM or JSON Web Key; of a private key, its public part.

    Raises
    ------
    SignatureError
        If it is no Ed25519 key.
    """
    key = _loaded(data, None)
    plain = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return PublicKey(_key_id(key), {k: plain[k] for k in ("crv", "kty", "x")})


def canonical(data: Any) -> bytes:
    """Return JSON data in its one canonical form (RFC 8785), in UTF-8.

    Raises
    ------
    DocumentError
        If it holds what JSON cannot: a number beyond 2**53, half a surrogate pair, another type.
    """
    import rfc8785

    try:
        return rfc8785.dumps(data)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise DocumentError(f"The data cannot be written as canonical JSON: {error}.") from None


def consignment_data(consignment: Consignment) -> bytes:
    """Return a consignment as canonical JSON, without the elements that say nothing."""
    content = consignment.model_dump(mode="json", exclude_defaults=True)
    return canonical({"format": consignment.format, **content})


def digest(data: bytes) -> str:
    """Return the SHA-256 of data, in base64url without padding: 43 characters."""
    return _encoded(hashlib.sha256(data).digest())


def sign(data: bytes, key: SigningKey, *, detached: bool = False) -> str:
    """Sign data and return the compact form of its JSON Web Signature.

    Parameters
    ----------
    data
        What is signed: canonical JSON, so that it can be made again from the same content.
    key
        Whose signature.
    detached
        Leave the data out of the result (RFC 7515, appendix F), to be sent beside it.
    """
    head = _encoded(canonical({"alg": ALGORITHM, "kid": key.key_id}))
    body = _encoded(data)
    private = _okp(key.jwk).private_key
    assert private is not None
    signature = _encoded(private.sign(f"{head}.{body}".encode()))
    return f"{head}.{'' if detached else body}.{signature}"


def verify(signed: str, keys: Iterable[PublicKey], data: bytes | None = None) -> bytes:
    """Verify a signature and return the data that was signed.

    Parameters
    ----------
    signed
        JSON Web Signature in compact form.
    keys
        Keys that are trusted.
    data
        The data, where the signature is detached from it.

    Raises
    ------
    SignatureError
        If it is no such signature, by none of the keys, or does not fit the data.
    """
    head, body, signature = _parts(signed)
    key_id = header(signed)["kid"]
    known = {key.key_id: key for key in keys}
    if key_id not in known:
        whose = ", ".join(sorted(known)) or "none"
        raise SignatureError(
            f"The data is signed by the key '{key_id}', which is not among those trusted "
            f"({whose}). Get the signer's public key by a way you trust, and add it."
        )
    if data is None:
        if not body:
            raise SignatureError(
                "The signature is detached: its data is kept beside it. Give the data too."
            )
        payload = _decoded(body, "data")
    else:
        if body and _decoded(body, "data") != data:
            raise SignatureError("The signature carries other data than the data given with it.")
        payload = data
    from cryptography.exceptions import InvalidSignature

    try:
        _okp(known[key_id].jwk).public_key.verify(
            _decoded(signature, "signature"), f"{head}.{_encoded(payload)}".encode()
        )
    except InvalidSignature:
        raise SignatureError(
            f"The signature of key '{key_id}' does not fit the data: something was changed after "
            "it was signed. Ask the signer for the data again."
        ) from None
    return payload


def unverified(signed: str) -> bytes:
    """Return the data of a signature that nobody has verified.

    Raises
    ------
    SignatureError
        If it is no JSON Web Signature in compact form, or detached from its data.
    """
    header(signed)
    body = _parts(signed)[1]
    if not body:
        raise SignatureError("The signature is detached: its data is kept beside it.")
    return _decoded(body, "data")


def header(signed: str) -> dict[str, str]:
    """Return the header of a signature: its algorithm (``alg``) and key (``kid``).

    Raises
    ------
    SignatureError
        If it is no JSON Web Signature in compact form, of another algorithm, or without a key.
    """
    text = _decoded(_parts(signed)[0], "header")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise SignatureError("The header of the signature is no JSON.") from None
    if not isinstance(content, dict) or not isinstance(content.get("kid"), str):
        raise SignatureError("The header of the signature does not name the key that signed (kid).")
    if content.get("alg") not in _ALGORITHMS:
        raise SignatureError(
            f"The signature is of the algorithm '{str(content.get('alg'))[:40]}'; only Ed25519 "
            "is accepted."
        )
    if set(content) - {"alg", "kid", "typ"}:
        # What is critical or changes how the data is to be taken (crit, b64, zip) is not read.
        raise SignatureError("The header of the signature has fields besides alg, kid and typ.")
    return {"alg": content["alg"], "kid": content["kid"]}


def _parts(signed: str) -> tuple[str, str, str]:
    if len(signed) > MOST_BYTES * 4 // 3 + 4_096:
        raise SignatureError(f"The signed data has more than {MOST_BYTES // 2**20} MB.")
    parts = signed.split(".")
    if len(parts) != 3:
        raise SignatureError(
            "This is no JSON Web Signature in compact form: three parts with dots between them."
        )
    return parts[0], parts[1], parts[2]


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str, what: str) -> bytes:
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        data = b""
    # The last character holds bits that are in no byte; only one way to write them is accepted.
    if not data or _encoded(data) != text:
        raise SignatureError(f"The {what} of the signature is not written in base64url.")
    return data


def _okp(jwk: dict[str, str]) -> Any:
    from joserfc.jwk import OKPKey

    return OKPKey.import_key(dict(jwk))


def _key_id(key: Any) -> str:
    thumbprint: str = key.thumbprint()
    return thumbprint[:_KEY_ID_LENGTH]


def _signing_key(key: Any) -> SigningKey:
    content = {name: str(value) for name, value in key.as_dict(private=True).items()}
    return SigningKey(_key_id(key), {k: content[k] for k in ("crv", "kty", "x", "d")})


def _loaded(data: bytes, password: str | None) -> Any:
    try:
        from joserfc.errors import JoseError
        from joserfc.jwk import OKPKey
    except ImportError:
        raise SignatureError(f"Keys need the package joserfc. {_INSTALL}") from None
    try:
        if data.lstrip()[:1] == b"{":
            content = json.loads(data)
            key = OKPKey.import_key({k: v for k, v in content.items() if k in _JWK_FIELDS})
        else:
            key = OKPKey.import_key(data, password=password)
        curve = key.as_dict(private=False)["crv"]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SignatureError(
            f"This is no key that can be read ({type(error).__name__}); an Ed25519 key as PEM or "
            "JSON Web Key was expected, and its password where it has one."
        ) from None
    if curve != "Ed25519":
        raise SignatureError(f"The key is of the curve {curve}; Ed25519 was expected.")
    return key


_JWK_FIELDS = ("crv", "kty", "x", "d")
