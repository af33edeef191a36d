"""The rules a consignment is held against, one subject a module; each may be tested by itself."""
