"""The secrets of the run, kept where all suites keep them."""

from known_secrets import all_journals, all_secrets, remember, remember_answer, remember_journal

__all__ = ["all_journals", "all_secrets", "remember", "remember_answer", "remember_journal"]
