"""``python -m kervan.cli`` is the ``kervan`` command."""

from kervan.cli import main

main(prog_name="kervan")
