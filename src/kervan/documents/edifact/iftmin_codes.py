"""Codes of UN/EDIFACT that IFTMIN is written in and read by: roles, modes, kinds of text."""

from __future__ import annotations

ROLES: dict[str, str] = {
    "declarant": "DT",
    "representative": "AE",
    "holder_of_transit_procedure": "AF",
    "forwarder": "FW",
    "freight_payer": "FP",
    "seller": "SE",
    "buyer": "BY",
    "warehouse": "WH",
    "customs_broker": "CB",
}
"""Party function (3035) by role. The directories have none for a guarantor of customs debt."""
ROLES_BACK = {code: role for role, code in ROLES.items()}

MODES = {
    "sea": ("1", ""),
    "ferry": ("1", "1592"),
    "rail": ("2", ""),
    "road": ("3", ""),
    "inland_waterway": ("8", ""),
}
MODES_BACK = {"1": "sea", "2": "rail", "3": "road", "8": "inland_waterway"}
FERRY = "1592"

REMARKS = {
    "general": "AAI",
    "consignor_statement": "DCL",
    "handling": "HAN",
    "customs": "CUS",
    "carrier": "SIN",
}
PAYMENT = {"prepaid": "P", "collect": "C"}
PAYMENT_BACK = {code: words for words, code in PAYMENT.items()}
