"""What proves a paper: its data attached to it, signed, and a code on its face that leads there.

The QR code holds a claim: the paper's kind, the consignment's reference, packages, gross mass, and
the SHA-256 of the attached data. Where there is a key, the claim is itself a JSON Web Signature, so
that it can be verified from the paper alone, without a network; the data it stands for is attached
to the file, and can be had from whoever issued it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError
from kervan.documents.signing import (
    PublicKey,
    SigningKey,
    canonical,
    consignment_data,
    digest,
    header,
    sign,
    unverified,
    verify,
)

LINK = "kervan:"
"""What the code begins with, where no address is given."""

SIGNED_NAME, PLAIN_NAME = "consignment.jws", "consignment.json"
"""Names of the attached file, signed and not."""

_LONGEST = 2_000
_MASK = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What the code on a paper says.

    Attributes
    ----------
    kind
        Of the paper: ``smgs``.
    reference
        Of the consignment.
    version
        Of the consignment.
    packages
        How many, in all.
    gross_mass_kg
        Of the goods, as text, so that no digit is lost.
    sha256
        Of the attached data, in base64url without padding.
    key_id
        Key that signed it; None where it is not signed.
    """

    kind: str
    reference: str
    version: int
    packages: int
    gross_mass_kg: str
    sha256: str
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes onto a paper and into its file.

    Attributes
    ----------
    code
        Text of the QR code.
    name, kind, data
        The attached file: its name, MIME type and content.
    claim
        What the code says.
    """

    code: str
    name: str
    kind: str
    data: bytes
    claim: Claim


def prove(
    kind: str, consignment: Consignment, key: SigningKey | None = None, link: str = LINK
) -> Proof:
    """Make the proof of a paper.

    Parameters
    ----------
    kind
        Of the paper.
    consignment
        What the paper carries of it.
    key
        Signs; None leaves a draft, whose code still holds the digest.
    link
        Address put before the claim in the code, as ``https://example.org/verify#``.
    """
    if link and (link[-1].isalnum() or link[-1] in "_.-"):
        raise DocumentError(
            f"The address '{link[:60]}' of the code must end in a character that sets it off from "
            "the claim, such as / or #."
        )
    data = consignment_data(consignment)
    claim = claimed(kind, consignment, key.key_id if key else None)
    content = canonical(
        {
            "d": claim.sha256,
            "k": kind,
            "m": claim.gross_mass_kg,
            "n": claim.packages,
            "r": claim.reference,
            "v": claim.version,
        }
    )
    if key is None:
        from base64 import urlsafe_b64encode

        code = link + urlsafe_b64encode(content).rstrip(b"=").decode()
        return Proof(code, PLAIN_NAME, "application/json", data, claim)
    return Proof(
        link + sign(content, key), SIGNED_NAME, "application/jose", sign(data, key).encode(), claim
    )


def claimed(kind: str, consignment: Consignment, key_id: str | None) -> Claim:
    """Return what the code of a paper says of its data."""
    items = consignment.goods_items
    masses = (item.gross_mass_kg for item in items if item.gross_mass_kg is not None)
    return Claim(
        kind,
        consignment.reference,
        consignment.version,
        sum(item.package_count for item in items),
        f"{sum(masses, Decimal(0)):f}",
        digest(consignment_data(consignment)),
        key_id,
    )


def read_code(code: str, keys: Iterable[PublicKey] | None = None, link: str = LINK) -> Claim:
    """Read the text of a paper's code.

    Parameters
    ----------
    code
        As a camera gives it.
    keys
        Keys that are trusted; None reads without verifying.
    link
        What the code was begun with.

    Raises
    ------
    SignatureError
        If the signature is not good, or there is none and keys were given.
    DocumentError
        If it is no such code.
    """
    from kervan.documents.signing import SignatureError

    if len(code) > _LONGEST or not code.startswith(link):
        raise DocumentError(f"The code is not one of these papers: it would begin with '{link}'.")
    text = code[len(link) :]
    key_id: str | None = None
    if "." in text:
        key_id = header(text)["kid"]
        content = unverified(text) if keys is None else verify(text, keys)
    elif keys is not None:
        raise SignatureError("The code is not signed: the paper is a draft.")
    else:
        content = _plain(text)
    return _claim(content, key_id)


def qr_rows(code: str) -> list[list[int]]:
    """Return the modules of a QR code, 1 for dark, without the quiet zone around it."""
    import segno

    # The mask is not chosen: what is coded is as good as random, so that none of the eight makes
    # patterns a reader could take for its marks, and to try them all takes longer than the paper.
    symbol = segno.make_qr(
        code, error="m" if len(code) <= 330 else "l", boost_error=False, mask=_MASK
    )
    return [[int(module) for module in row] for row in symbol.matrix]


def _plain(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        raise DocumentError("The code is not one of these papers: it is no base64url.") from None


def _claim(content: bytes, key_id: str | None) -> Claim:
    try:
        found: Any = json.loads(content)
        return Claim(
            str(found["k"]),
            str(found["r"]),
            int(found["v"]),
            int(found["n"]),
            str(found["m"]),
            str(found["d"]),
            key_id,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DocumentError("The code is not one of these papers: fields are missing.") from None
