"""Readers, which turn passages into scored sentences: the trained one and the rule-based one."""
