"""UN/EDIFACT messages for ports, ferry lines and railways.

`interchange` reads and writes the envelope, `directory` checks a message against the directory it
names, and one module is one message: IFTMIN (instruction), IFTSTA (status), COPRAR (loading and
discharging order), CODECO (gate in and out).
"""
