"""``python -m ui`` runs ``dateline``."""

from ui.cli import main

main()
