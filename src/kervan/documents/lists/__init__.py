"""Port manifests and wagon or container lists, as workbook or CSV, as operators send them.

`tables` opens what was sent, `headings` finds out what its columns mean, `cells` what its cells
say, `reading` puts consignments together and names every problem by its cell, `writing` writes.
"""
