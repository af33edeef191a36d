"""The reference numbers of transit: MRN and GRN, and the check digit both end with."""

from __future__ import annotations

import re

from kervan.cargo.check_digits import iso6346_digit

_FORM = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12,13}[0-9]")
GRN_LENGTH = 17
VOUCHER_LENGTH = 24
MRN_LENGTH = 18


def has_check_digit(reference: str, length: int) -> bool:
    """Return whether the first ``length`` characters of a reference are right: form and digit.

    The digit is that of ISO 6346, with factors 2^0 to 2^16 of an MRN and to 2^15 of a GRN: European
    Commission, *Check character algorithm for the MRN and GRN*, DGXXI/0879/99 rev. 1, 1999.
    """
    numbered = reference[:length]
    if len(numbered) != length or not _FORM.fullmatch(numbered):
        return False
    return iso6346_digit(numbered[:-1]) == numbered[-1]
