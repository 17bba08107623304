// The questions, one section at a time. What a template gives:
//   form                      holds everything below
//   [data-step]               a section; its first heading takes the focus
//   [data-place]              in a section (hidden): how far one is; without scripts there is one page alone
//   [data-next] [data-back]   buttons (type="button") in sections; the last section's button is a plain submit button
//   [data-question="name"]    a question whose fields have this name, with
//     data-required           nobody goes on without an answer; [data-missing] in it (hidden) says so in words
//     data-show-when          JSON list of conditions: {"question": name, "equals" | "one_of" | "below" | "above": ...}
// Closing the wave judges answers once more by the questionnaire itself; what is decided here is only what is shown.

const HOLDS = {
  equals: (values, wanted) => values.includes(String(wanted)),
  one_of: (values, wanted) => wanted.some((one) => values.includes(String(one))),
  below: (values, limit) => values.some((value) => value !== "" && Number(value) < Number(limit)),
  above: (values, limit) => values.some((value) => value !== "" && Number(value) > Number(limit)),
};
const questionsOf = (within) => [...within.querySelectorAll("[data-question]")];

const valuesOf = (form, name) =>
  [...form.elements]
    .filter((field) => field.name === name)
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => field.value.trim())
    .filter((value) => value !== "");

// { name: [values] } of the questions that are shown; one that a rule hides has no answer.
export const answersIn = (form) => {
  const answers = {};
  for (const question of questionsOf(form)) {
    const name = question.dataset.question;
    const values = question.hidden ? [] : valuesOf(form, name);
    if (values.length) answers[name] = values;
  }
  return answers;
};

export const restore = (form, answers) => {
  for (const field of form.elements) {
    const values = answers[field.name];
    if (!values) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else field.value = values[0];
  }
};

const applyRules = (form) => {
  // From first to last: a condition names an earlier question, whose own fate is then known
  for (const question of questionsOf(form)) {
    const conditions = JSON.parse(question.dataset.showWhen || "[]");
    const answers = answersIn(form);
    question.hidden = !conditions.every(({ question: name, ...rule }) =>
      Object.entries(rule).every(([kind, wanted]) => HOLDS[kind](answers[name] || [], wanted)),
    );
  }
};

// The first required question of a section without an answer; all of them are marked, and no longer when answered.
const firstMissing = (form, step) => {
  const answers = answersIn(form);
  const missing = questionsOf(step).filter((question) => {
    const isMissing = !question.hidden && "required" in question.dataset && !answers[question.dataset.question];
    const words = question.querySelector("[data-missing]");
    if (words) words.hidden = !isMissing;
    question.classList.toggle("is-wrong", isMissing);
    return isMissing;
  });
  return missing[0];
};

// Whether all that was answered on these scales is one and the same step: a yes or no for the whole survey.
export const isStraight = (answers, names, least) => {
  const values = names.filter((name) => answers[name]).map((name) => answers[name][0]);
  return values.length >= least && new Set(values).size === 1;
};

// Leads through the sections, from the one at place `at`; calls `onMove` with each place that is shown, and `onEnd`
// when the last one is complete and sent.
export const lead = (form, { at: first = 0, onMove = () => {}, onChange, onEnd }) => {
  const steps = [...form.querySelectorAll("[data-step]")];
  const isEmpty = (step) => questionsOf(step).length > 0 && questionsOf(step).every((question) => question.hidden);
  let at = 0;
  const show = (place, { focus }) => {
    at = place;
    onMove(at);
    steps.forEach((step, number) => (step.hidden = number !== at));
    const heading = steps[at].querySelector("h1, h2, h3, legend") || steps[at];
    if (!focus) return;
    heading.tabIndex = -1;
    heading.focus();
    window.scrollTo(0, 0);
  };
  const move = (by) => {
    let place = at + by;
    while (steps[place] && isEmpty(steps[place])) place += by; // rules hid all of it
    if (steps[place]) show(place, { focus: true });
    return Boolean(steps[place]);
  };
  const goOn = () => {
    const missing = firstMissing(form, steps[at]);
    if (missing) missing.querySelector("input, textarea, select").focus();
    else if (!move(1)) onEnd();
  };
  form.addEventListener("input", () => {
    applyRules(form);
    onChange();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-next]")) goOn();
    if (event.target.closest("[data-back]")) move(-1);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // Enter in a line of text goes on as well; the last section's button sends
    goOn();
  });
  for (const place of form.querySelectorAll("[data-place]")) place.hidden = false;
  applyRules(form);
  show(steps[first] ? first : 0, { focus: false });
};
