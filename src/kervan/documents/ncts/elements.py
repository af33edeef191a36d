"""Where each element of an NCTS message stands in a consignment.

One table, used to find the element of the consignment that a fault of a message is about, to say
what the messages carry, and to write the page of the reference. The paths are the same in every
message, so that a reply of customs is read by the table of the declaration.
"""

from __future__ import annotations

_PARTY = {
    "identificationNumber": "identifiers[].value",
    "name": "name",
    "Address/streetAndNumber": "address.street",
    "Address/postcode": "address.postcode",
    "Address/city": "address.city",
    "Address/country": "address.country",
    "ContactPerson/name": "contact.name",
    "ContactPerson/phoneNumber": "contact.phone",
    "ContactPerson/eMailAddress": "contact.email",
}


def _party(path: str, name: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    return {f"{path}/{k}": f"{name}.{v}" for k, v in _PARTY.items() if k not in without}


_CONSIGNMENT = "Consignment/"
_ITEM = "Consignment/HouseConsignment/ConsignmentItem/"

ELEMENTS: dict[str, str] = {
    "TransitOperation/LRN": "procedures[].lrn",
    "TransitOperation/MRN": "procedures[].mrn",
    "TransitOperation/declarationType": "procedures[].declaration_type",
    "TransitOperation/additionalDeclarationType": "procedures[].additional_declaration_type",
    "TransitOperation/security": "procedures[].security",
    "TransitOperation/reducedDatasetIndicator": "procedures[].reduced_dataset",
    "TransitOperation/bindingItinerary": "procedures[].binding_itinerary",
    "TransitOperation/limitDate": "procedures[].limit_date",
    "Authorisation/type": "procedures[].holder.authorisations[].kind",
    "Authorisation/referenceNumber": "procedures[].holder.authorisations[].number",
    "CustomsOfficeOfDeparture/referenceNumber": "procedures[].office_of_departure.reference",
    "CustomsOfficeOfDestinationDeclared/referenceNumber": (
        "procedures[].office_of_destination.reference"
    ),
    "CustomsOfficeOfTransitDeclared/referenceNumber": "procedures[].offices_of_transit[].reference",
    "CustomsOfficeOfTransitDeclared/arrivalDateAndTimeEstimated": (
        "procedures[].offices_of_transit[].arrives"
    ),
    **_party("HolderOfTheTransitProcedure", "procedures[].holder"),
    "Representative/identificationNumber": "procedures[].representative.identifiers[].value",
    "Representative/ContactPerson/name": "procedures[].representative.contact.name",
    "Representative/ContactPerson/phoneNumber": "procedures[].representative.contact.phone",
    "Representative/ContactPerson/eMailAddress": "procedures[].representative.contact.email",
    "Guarantee/guaranteeType": "procedures[].guarantees[].kind",
    "Guarantee/otherGuaranteeReference": "procedures[].guarantees[].other_reference",
    "Guarantee/GuaranteeReference/GRN": "procedures[].guarantees[].reference",
    "Guarantee/GuaranteeReference/accessCode": "procedures[].guarantees[].access_code",
    "Guarantee/GuaranteeReference/amountToBeCovered": "procedures[].guarantees[].amount",
    "Guarantee/GuaranteeReference/currency": "procedures[].guarantees[].currency",
    _CONSIGNMENT + "modeOfTransportAtTheBorder": "procedures[].border_mode",
    _CONSIGNMENT + "referenceNumberUCR": "reference",
    **_party(_CONSIGNMENT + "Consignor", "consignor"),
    **_party(
        _CONSIGNMENT + "Consignee",
        "consignee",
        without=(
            "ContactPerson/name",
            "ContactPerson/phoneNumber",
            "ContactPerson/eMailAddress",
        ),
    ),
    _CONSIGNMENT + "TransportEquipment/containerIdentificationNumber": "equipment[].number",
    _CONSIGNMENT + "TransportEquipment/Seal/identifier": "equipment[].seals[].number",
    _CONSIGNMENT + "TransportEquipment/GoodsReference/declarationGoodsItemNumber": (
        "goods_items[].stowage[].equipment_number"
    ),
    _CONSIGNMENT + "LocationOfGoods/typeOfLocation": "procedures[].location_of_goods.kind",
    _CONSIGNMENT + "LocationOfGoods/qualifierOfIdentification": (
        "procedures[].location_of_goods.qualifier"
    ),
    _CONSIGNMENT + "LocationOfGoods/UNLocode": "procedures[].location_of_goods.identity",
    _CONSIGNMENT + "LocationOfGoods/CustomsOffice/referenceNumber": (
        "procedures[].location_of_goods.identity"
    ),
    _CONSIGNMENT + "LocationOfGoods/EconomicOperator/identificationNumber": (
        "procedures[].location_of_goods.identity"
    ),
    _CONSIGNMENT + "LocationOfGoods/authorisationNumber": "procedures[].location_of_goods.identity",
    _CONSIGNMENT + "CountryOfRoutingOfConsignment/country": "procedures[].countries_of_routing[]",
    _CONSIGNMENT + "PlaceOfLoading/UNLocode": "acceptance.place_id",
    _CONSIGNMENT + "PlaceOfLoading/location": "acceptance.place_id",
    _CONSIGNMENT + "PlaceOfUnloading/UNLocode": "delivery.place_id",
    _CONSIGNMENT + "PlaceOfUnloading/location": "delivery.place_id",
    _CONSIGNMENT + "PreviousDocument/type": "documents[].kind",
    _CONSIGNMENT + "PreviousDocument/referenceNumber": "documents[].number",
    _CONSIGNMENT + "SupportingDocument/type": "documents[].kind",
    _CONSIGNMENT + "SupportingDocument/referenceNumber": "documents[].number",
    _CONSIGNMENT + "TransportDocument/type": "documents[].kind",
    _CONSIGNMENT + "TransportDocument/referenceNumber": "documents[].number",
    _CONSIGNMENT + "AdditionalReference/type": "documents[].kind",
    _CONSIGNMENT + "AdditionalReference/referenceNumber": "documents[].number",
    _ITEM + "declarationGoodsItemNumber": "goods_items[].number",
    _ITEM + "Commodity/descriptionOfGoods": "goods_items[].description",
    _ITEM + "Commodity/cusCode": "goods_items[].cus_code",
    _ITEM + "Commodity/CommodityCode/harmonizedSystemSubHeadingCode": "goods_items[].hs_code",
    _ITEM + "Commodity/CommodityCode/combinedNomenclatureCode": (
        "goods_items[].national_codes[].code"
    ),
    _ITEM + "Commodity/DangerousGoods/UNNumber": "goods_items[].dangerous_goods[].un_number",
    _ITEM + "Commodity/GoodsMeasure/grossMass": "goods_items[].gross_mass_kg",
    _ITEM + "Commodity/GoodsMeasure/netMass": "goods_items[].net_mass_kg",
    _ITEM + "Commodity/GoodsMeasure/supplementaryUnits": "goods_items[].supplementary_quantity",
    _ITEM + "Packaging/typeOfPackages": "goods_items[].packages[].kind",
    _ITEM + "Packaging/numberOfPackages": "goods_items[].packages[].count",
    _ITEM + "Packaging/shippingMarks": "goods_items[].packages[].marks",
    _ITEM + "PreviousDocument/type": "documents[].kind",
    _ITEM + "PreviousDocument/referenceNumber": "documents[].number",
    _ITEM + "SupportingDocument/type": "documents[].kind",
    _ITEM + "SupportingDocument/referenceNumber": "documents[].number",
    _ITEM + "AdditionalReference/type": "documents[].kind",
    _ITEM + "AdditionalReference/referenceNumber": "documents[].number",
}
"""XPath below the root, without positions, and the element of the consignment."""

DERIVED: dict[str, str] = {
    "sequenceNumber": "the position, from 1, of each group",
    "Consignment/countryOfDispatch": "first two letters of the place of acceptance",
    "Consignment/countryOfDestination": "first two letters of the place of delivery",
    "Consignment/containerIndicator": "1 where a unit of equipment is a container, else 0",
    "Consignment/grossMass": "sum of the gross masses of the goods items",
    "Consignment/TransportEquipment/numberOfSeals": "how many seals are on the container",
    "Consignment/DepartureTransportMeans": (
        "means of the first movement that begins or ends in the country of the office of departure"
    ),
    "Consignment/ActiveBorderTransportMeans": (
        "where safety and security data are in it: means of the first movement that leaves the "
        "country of the office of departure, at the first office of transit, else at destination"
    ),
    "Consignment/PlaceOfLoading/country": "first two letters of the place of acceptance",
    "Consignment/PlaceOfUnloading/country": "first two letters of the place of delivery",
    "Consignment/HouseConsignment/grossMass": "as of the whole: there is one house consignment",
    "Consignment/HouseConsignment/ConsignmentItem/goodsItemNumber": "the position, from 1",
    "Representative/status": "2, direct representation",
}
"""What is written besides, made from the consignment by a rule."""

DERIVED_FROM: dict[str, str] = {
    "Consignment/countryOfDispatch": "acceptance.place_id",
    "Consignment/countryOfDestination": "delivery.place_id",
    "Consignment/containerIndicator": "equipment",
    "Consignment/grossMass": "goods_items",
    "Consignment/TransportEquipment/numberOfSeals": "equipment[].seals",
    "Consignment/DepartureTransportMeans": "movements",
    "Consignment/ActiveBorderTransportMeans": "movements",
    "Consignment/PlaceOfLoading/country": "acceptance.place_id",
    "Consignment/PlaceOfUnloading/country": "delivery.place_id",
    "Consignment/HouseConsignment/grossMass": "goods_items",
}
"""Elements of the consignment that derived elements are made from."""

CARRIES: frozenset[str] = frozenset(
    {name.replace("[]", "") for name in ELEMENTS.values()}
    | {
        # What these elements cannot be without; each has one meaning in a message.
        "procedures.number",
        "procedures.territory",
        "procedures.regime",
        "procedures.holder.identifiers.scheme",
        "procedures.holder.authorisations.country",
        "procedures.representative.identifiers.scheme",
        "consignor.identifiers.scheme",
        "consignee.identifiers.scheme",
        "goods_items.national_codes.territory",
        "documents.role",
        "documents.items",
    }
)
"""Elements of a consignment that a declaration carries."""
