"""The corridor feed: plain tables, read, checked and written."""
