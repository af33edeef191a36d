"""The consignment: its data set, the code lists it draws on, and its checks."""
