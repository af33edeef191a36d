"""Papers: boxes on a page, what is written into them, the code that proves it, and back again."""
