"""The errors of assistant: each message says what was found, what was expected and what to do."""


class AssistantError(Exception):
    """Base of every error that assistant raises on purpose."""


class QuestionError(AssistantError):
    """The question is empty, too long, or not text."""


class SettingsError(AssistantError):
    """A DATELINE_* variable or argument that cannot be used."""


class QuestionSetError(AssistantError):
    """A file of questions that cannot be used for evaluation."""


class WeightsError(AssistantError):
    """The reader's weights are missing, damaged, or of another version."""
