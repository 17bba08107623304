"""The fixed texts of a form that somebody answers, in the languages in which the product has them. Pure.

A respondent's language is one of the questionnaire's, which need not be one of the program's own pages; so
these texts are content, not messages of the catalog. A questionnaire gives what is missing here, or replaces
it. `%(...)s` stand for numbers.
"""

from collections.abc import Mapping

from questionnaires.wording import Text

LANGUAGES = ("en", "zh-hans", "zh-hant", "ar", "de", "es", "fr")


def _in(*texts: str) -> Text:
    return dict(zip(LANGUAGES, texts, strict=True))


PHRASES: Mapping[str, Text] = {
    "next": _in("Next", "下一页", "下一頁", "التالي", "Weiter", "Siguiente", "Suivant"),
    "back": _in("Back", "上一页", "上一頁", "السابق", "Zurück", "Atrás", "Retour"),
    "send": _in("Send", "提交", "提交", "إرسال", "Senden", "Enviar", "Envoyer"),
    "optional": _in("optional", "选填", "選填", "اختياري", "freiwillig", "opcional", "facultatif"),
    "progress": _in("Progress", "进度", "進度", "التقدم", "Fortschritt", "Progreso", "Progression"),
    "not_applicable": _in(
        "Does not apply",
        "不适用",
        "不適用",
        "لا ينطبق",
        "Trifft nicht zu",
        "No corresponde",
        "Sans objet",
    ),
    "do_not_know": _in(
        "Don't know", "不知道", "不知道", "لا أعرف", "Weiß nicht", "No lo sé", "Je ne sais pas"
    ),
    "no_answer": _in(
        "No answer", "不作答", "不作答", "بدون إجابة", "Keine Angabe", "Sin respuesta", "Sans réponse"
    ),
    "range": _in(
        "A number from %(low)s to %(high)s",
        "%(low)s 至 %(high)s 之间的数字",
        "%(low)s 至 %(high)s 之間的數字",
        "رقم من %(low)s إلى %(high)s",
        "Eine Zahl von %(low)s bis %(high)s",
        "Un número de %(low)s a %(high)s",
        "Un nombre de %(low)s à %(high)s",
    ),
    "step": _in(
        "in steps of %(step)s",
        "以 %(step)s 为间隔",
        "以 %(step)s 為間隔",
        "بخطوات مقدارها %(step)s",
        "in Schritten von %(step)s",
        "en pasos de %(step)s",
        "par pas de %(step)s",
    ),
    "most_characters": _in(
        "At most %(limit)s characters",
        "最多 %(limit)s 个字符",
        "最多 %(limit)s 個字元",
        "%(limit)s حرف كحد أقصى",
        "Höchstens %(limit)s Zeichen",
        "Como máximo %(limit)s caracteres",
        "%(limit)s caractères au plus",
    ),
    "problems": _in(
        "Please check these answers",
        "请检查以下回答",
        "請檢查以下回答",
        "يرجى مراجعة هذه الإجابات",
        "Bitte prüfen Sie diese Antworten",
        "Revise estas respuestas",
        "Veuillez vérifier ces réponses",
    ),
    "answer_needed": _in(
        "Please answer this question.",
        "请回答这个问题。",
        "請回答這個問題。",
        "يرجى الإجابة عن هذا السؤال.",
        "Bitte beantworten Sie diese Frage.",
        "Responda a esta pregunta.",
        "Veuillez répondre à cette question.",
    ),
    "choose_on_offer": _in(
        "Please choose one of the answers.",
        "请从给出的选项中选择。",
        "請從給出的選項中選擇。",
        "يرجى اختيار إحدى الإجابات المعروضة.",
        "Bitte wählen Sie eine der Antworten.",
        "Elija una de las respuestas.",
        "Veuillez choisir une des réponses proposées.",
    ),
    "number_needed": _in(
        "Please enter a number.",
        "请输入一个数字。",
        "請輸入一個數字。",
        "يرجى إدخال رقم.",
        "Bitte geben Sie eine Zahl ein.",
        "Escriba un número.",
        "Veuillez saisir un nombre.",
    ),
    "number_on_scale": _in(
        "This number is not on the scale.",
        "这个数字不在量表范围内。",
        "這個數字不在量表範圍內。",
        "هذا الرقم ليس على المقياس.",
        "Diese Zahl liegt nicht auf der Skala.",
        "Este número no está en la escala.",
        "Ce nombre n’est pas sur l’échelle.",
    ),
    "choose_more": _in(
        "Please choose at least %(limit)s.",
        "请至少选择 %(limit)s 项。",
        "請至少選擇 %(limit)s 項。",
        "يرجى اختيار %(limit)s على الأقل.",
        "Bitte wählen Sie mindestens %(limit)s.",
        "Elija al menos %(limit)s.",
        "Veuillez en choisir au moins %(limit)s.",
    ),
    "choose_fewer": _in(
        "Please choose at most %(limit)s.",
        "最多可选择 %(limit)s 项。",
        "最多可選擇 %(limit)s 項。",
        "يرجى اختيار %(limit)s كحد أقصى.",
        "Bitte wählen Sie höchstens %(limit)s.",
        "Elija como máximo %(limit)s.",
        "Veuillez en choisir au plus %(limit)s.",
    ),
    "choose_without_contradiction": _in(
        "These answers do not go together.",
        "这些回答不能同时选择。",
        "這些回答不能同時選擇。",
        "لا يمكن الجمع بين هذه الإجابات.",
        "Diese Antworten passen nicht zusammen.",
        "Estas respuestas no son compatibles.",
        "Ces réponses ne vont pas ensemble.",
    ),
    "text_shorter": _in(
        "Please shorten this to %(limit)s characters.",
        "请缩短到 %(limit)s 个字符以内。",
        "請縮短到 %(limit)s 個字元以內。",
        "يرجى اختصار النص إلى %(limit)s حرف.",
        "Bitte kürzen Sie den Text auf %(limit)s Zeichen.",
        "Acorte el texto a %(limit)s caracteres.",
        "Veuillez raccourcir ce texte à %(limit)s caractères.",
    ),
}
