"""Keys of members: Ed25519 (RFC 8032), named by their thumbprint (RFC 7638), signing as JWS.

The algorithm is called ``Ed25519`` and nothing else (RFC 9864): an algorithm chosen by whoever
signs is an attack by itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from kervan.errors import LedgerError

ALGORITHM: Final = "Ed25519"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a member's key.

    Attributes
    ----------
    key_id
        SHA-256 thumbprint of the key as JWK (RFC 7638), base64url.
    x
        The key itself, base64url (RFC 8037).
    """

    key_id: str
    x: str


class SigningKey:
    """The private half, held by the member and never written to the record."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key
        self.public = _public(key)

    @property
    def key_id(self) -> str:
        """The thumbprint of the public half."""
        return self.public.key_id

    def sign(self, content: bytes) -> str:
        """Return a compact JWS over a content that is not in it (RFC 7515, appendix F)."""
        header = {"alg": ALGORITHM, "kid": self.key_id}
        signed = jws.serialize_compact(header, content, self._key, algorithms=[ALGORITHM])
        head, _, signature = signed.split(".")
        return f"{head}..{signature}"


def new_key() -> SigningKey:
    """Return a new key, drawn from the system's random numbers."""
    return SigningKey(OKPKey.generate_key(ALGORITHM))


def public_key(x: str) -> PublicKey:
    """Return the public key of its base64url text.

    Raises
    ------
    LedgerError
        If it is none.
    """
    return _public(_imported(x))


def is_signed(signature: str, content: bytes, key: PublicKey) -> bool:
    """Say whether a detached JWS over a content was made with a key, and names it."""
    try:
        found = jws.deserialize_compact(
            signature.encode(), _imported(key.x), algorithms=[ALGORITHM], payload=content
        )
    except (JoseError, ValueError):
        return False
    return found.headers().get("kid") == key.key_id


def key_named_by(signature: str) -> str | None:
    """Return the ``kid`` of a detached JWS, whether it is good or not; None where there is none."""
    try:
        named = jws.extract_compact(signature.encode()).headers().get("kid")
    except (JoseError, ValueError):
        return None
    return named if isinstance(named, str) else None


def write_key(key: SigningKey, path: Path) -> None:
    """Write a private key as PEM (PKCS #8), readable by its owner only.

    Raises
    ------
    LedgerError
        If there is a file already, or it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key._key.as_pem(private=True))
    except FileExistsError:
        raise LedgerError(
            f"{path} is there already; name another file, as a key that is overwritten is lost."
        ) from None
    except OSError as error:
        raise LedgerError(f"The key {path} cannot be written: {error.strerror}.") from None


def read_key(path: Path) -> SigningKey:
    """Read a private key.

    Raises
    ------
    LedgerError
        If the file cannot be read, or holds no private Ed25519 key.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LedgerError(f"The key {path} cannot be read: {error.strerror}.") from None
    try:
        key = OKPKey.import_key(content)
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or not key.is_private or key.curve_name != ALGORITHM:
        raise LedgerError(
            f"{path} holds no private Ed25519 key as PEM; `kervan member key` makes one."
        )
    return SigningKey(key)


def _imported(x: str) -> OKPKey:
    try:
        return OKPKey.import_key({"kty": "OKP", "crv": ALGORITHM, "x": x})
    except (JoseError, ValueError, TypeError):
        raise LedgerError(
            f"'{x}' is no public Ed25519 key; 43 letters of base64url were expected."
        ) from None


def _public(key: OKPKey) -> PublicKey:
    return PublicKey(key.thumbprint(), str(key.as_dict(private=False)["x"]))
