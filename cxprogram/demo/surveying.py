"""One open survey of customers with some answers, in English, Chinese and Arabic, that also follows tickets."""

from datetime import date, timedelta

import numpy as np

from customer_voice import services
from customer_voice.choices import FollowUp, SurveyWay
from customer_voice.models import CustomerSurvey
from customer_voice.survey_content import survey_content
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import Cast
from journeys.models import Touchpoint
from questionnaires.answering import evaluate

DAYS_OPEN = 12
ANSWERS_A_DAY = 3
WAYS = (SurveyWay.LINK, SurveyWay.QR, SurveyWay.QR, SurveyWay.EMBED)
WORDS = {
    "why-low": ("Nobody could tell me which plan fits.", "I waited half an hour.", ""),
    "why-middle": ("A second person at the counter.", "", ""),
    "why-high": ("Honest advice, no pressure.", "They moved all my contacts for me.", ""),
}


def ask_customers(cast: Cast, today: date, touchpoints: dict[str, Touchpoint]) -> int:
    """After a visit to the store: satisfaction, the reason, and what one came for. Returns how many answered."""
    maya = cast["Maya"]
    [metric] = services.create_standard_metrics(maya.organization, ["csat_7"], by=maya)
    with on_day(today - timedelta(days=DAYS_OPEN)):
        survey = services.make_survey(
            by=maya,
            name="After a store visit",
            title="How was your visit?",
            metric=metric,
            touchpoint=touchpoints["store-visit"],
            languages=("en", "zh-hans", "ar"),
            follow_up=FollowUp.BY_SCORE,
        )
        plan = services.QuestionPlan(
            kind="one_choice",
            text="What did you come for?",
            choices=("A new plan", "A device", "Help with a problem", "Something else"),
        )
        survey = services.save_question(by=maya, survey=survey, plan=plan)
        texts = {
            "title": {"zh-hans": "您这次到店体验如何？", "ar": "كيف كانت زيارتك؟"},
            "q-1.text": {"zh-hans": "您这次来是为了什么？", "ar": "ما سبب زيارتك؟"},
            "q-1.choice.c-1": {"zh-hans": "办理新套餐", "ar": "باقة جديدة"},
            "q-1.choice.c-2": {"zh-hans": "购买设备", "ar": "جهاز"},
            "q-1.choice.c-3": {"zh-hans": "解决问题", "ar": "مساعدة في مشكلة"},
            "q-1.choice.c-4": {"zh-hans": "其他"},
            "thanks-low": {
                "en": "We are sorry, and will use this to do better.",
                "zh-hans": "非常抱歉，我们会据此改进。",
            },
        }
        survey = services.reword_survey(by=maya, survey=survey, texts=texts)
        survey = services.open_survey(by=maya, survey=survey, accepts_missing=True)
    _leave_half(survey, today)
    _follow_tickets(cast, survey, today)
    content = survey_content(survey.content)
    rng, number = np.random.default_rng([20261121, 7]), 0
    for ago in range(DAYS_OPEN - 1, 0, -1):
        with on_day(today - timedelta(days=ago), hour=12):
            for _one in range(ANSWERS_A_DAY):
                number += 1
                score = int(min(max(round(rng.normal(5.4, 1.4)), 1), 7))
                typed = {"score": [str(score)], "q-1": [f"c-{rng.integers(1, 5)}"]}
                for key, said in WORDS.items():
                    typed[key] = [said[int(rng.integers(0, len(said)))]]
                services.take_reply(
                    survey=survey,
                    questionnaire=content,
                    answers=evaluate(content, typed).answers,
                    language=("en", "en", "zh-hans")[number % 3],
                    way=WAYS[number % len(WAYS)],
                    key=f"demo-survey-{number:05}",
                )
    return number


def _leave_half(survey: CustomerSurvey, today: date) -> None:
    """Two people chose a score and went no further."""
    content = survey_content(survey.content)
    for number, score in enumerate(("2", "6")):
        with on_day(today - timedelta(days=number + 1), hour=15):
            services.keep_half(
                survey=survey,
                questionnaire=content,
                typed={"score": [score]},
                language="en",
                way=SurveyWay.LINK,
                key=f"demo-half-answer-{number:05}",
            )


def _follow_tickets(cast: Cast, survey: CustomerSurvey, today: date) -> None:
    """Tickets that the help desk resolved; their customers are asked three days later; one is too old to ask."""
    with on_day(today - timedelta(days=2)):
        services.set_event_rule(by=cast["Maya"], survey=survey, delay_hours=72, age_days=14)
    for number, (name, ago) in enumerate((("lena", 2), ("omar", 1), ("yuki", 1), ("pedro", 40))):
        with on_day(today - timedelta(days=ago)):
            at = survey.organization.clock.now()
        with on_day(today - timedelta(days=1)):
            happened = services.Happened(
                event_id=f"TICKET-{4100 + number}", at=at, email=f"{name}@customers.example"
            )
            services.follow_event(survey=survey, happened=happened)
