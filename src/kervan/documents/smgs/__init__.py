"""The rail consignment notes of the way: SMGS, and the common CIM/SMGS note."""
