"""Ranked passages in, a cited answer or an abstention out; knows nothing of screens."""

from assistant.errors import AssistantError, QuestionError, SettingsError
from assistant.pipeline import Assistant, answer
from assistant.result import Abstention, Answer, Citation
from assistant.settings import Settings

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "QuestionError",
    "Settings",
    "SettingsError",
    "answer",
]
