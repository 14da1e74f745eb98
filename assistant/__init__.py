"""Turns ranked passages into a cited answer or an abstention; independent of any interface."""

from assistant.errors import AssistantError, QuestionError, QuestionSetError, SettingsError
from assistant.evaluation.evaluating import Evaluation, evaluate
from assistant.evaluation.judgement import Failure, Judgement
from assistant.evaluation.question_set import GoldQuestion, read_questions
from assistant.pipeline import Assistant, answer
from assistant.result import Abstention, Answer, Citation, Near
from assistant.settings import Settings

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "Evaluation",
    "Failure",
    "GoldQuestion",
    "Judgement",
    "Near",
    "QuestionError",
    "QuestionSetError",
    "Settings",
    "SettingsError",
    "answer",
    "evaluate",
    "read_questions",
]
