"""Every word a chart adds by itself, in the reader's language. Templates name their slots."""

from dataclasses import dataclass

from cxcharts.locale import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """English by default; `labels_for` gives Chinese. Slots in braces must stay."""

    points: str = "\u00a0points"
    percentage_points: str = "\u00a0percentage\u00a0points"
    hours: str = "\u00a0h"
    period: str = "Period"
    series: str = "Measure"
    value: str = "Value"
    low: str = "Lower bound"
    high: str = "Upper bound"
    range: str = "Range"
    n: str = "n"
    target: str = "Target"
    center: str = "Usual level"
    lower_limit: str = "Lower control limit"
    upper_limit: str = "Upper control limit"
    event: str = "Event"
    date: str = "Date"
    observed: str = "Observed"
    end_value: str = "{name}, {period}: {value}"
    last_day: str = "last day"
    last_week: str = "last week"
    last_month: str = "last month"
    last_quarter: str = "last quarter"
    last_year: str = "last year"
    expected: str = "Expected without the initiative"
    control: str = "Comparison group"
    difference: str = "Difference"
    baseline: str = "Today"
    name: str = "Name"
    state: str = "Reading"
    better: str = "better"
    worse: str = "worse"
    undecided: str = "cannot tell"
    previous: str = "Last round"
    perspective: str = "Perspective"
    practice: str = "Practice"
    level: str = "Level"
    year: str = "Year"
    benefit: str = "Benefit"
    cost: str = "Cost"
    net: str = "Net"
    cumulative: str = "Cumulative"
    probability: str = "Probability"
    expected_value: str = "Expected"
    from_value: str = "From"
    to_value: str = "To"
    loss_chance: str = "{share} chance of a loss"
    assumption: str = "Assumption"
    low_input: str = "Input low"
    high_input: str = "Input high"
    at_low: str = "Result at low input"
    at_high: str = "Result at high input"
    base: str = "Base case {value}"
    base_case: str = "Base case"
    row: str = "Touchpoint"
    column: str = "Function"
    covered: str = "covered"
    not_covered: str = "not covered"
    works: str = "If it works"
    does_not: str = "If it does not"
    smallest: str = "Smallest detectable change: {change}"
    too_few: str = "fewer than {minimum}"
    gap_note: str = "fewer than {minimum} answers: not shown"
    interval: str = "{level} interval {low} to {high}"
    span: str = "{low} to {high}"
    brackets: str = "({text})"
    closer: str = "{text} ({closer})"
    average: str = "on average since go-live, {level} interval {low} to {high}"
    value_n: str = "n\u00a0=\u00a0{n}"

    sentence_series: str = (
        "{name}: {first} ({first_period}), then {last} ({last_period}); "
        "lowest {lowest} ({lowest_period}), highest {highest} ({highest_period})."
    )
    sentence_point: str = "{name}: {last} ({last_period})."
    sentence_last_interval: str = "The latest value lies between {low} and {high}."
    sentence_hidden: str = "{count} periods are not shown: fewer than {minimum} answers."
    sentence_event: str = "{label}: {date}."
    sentence_target: str = "Target: {value}."
    sentence_limits: str = "Usual level {center}, control limits {low} to {high}."
    sentence_counterfactual: str = (
        "Since the go-live ({date}) the observed value went to {observed} in {period}; without the "
        "initiative {expected} was expected (level {low} to {high})."
    )
    sentence_no_expected: str = "No expected trend could be estimated."
    sentence_effect: str = "Difference on average since go-live: {value} ({level} interval {low} to {high})."
    sentence_control: str = "The comparison group went from {first} to {last}."
    sentence_dots: str = "{name}: {dots}."
    sentence_dot: str = "{perspective} {value}"
    sentence_dot_previous: str = "{perspective} {value} (last round {previous})"
    sentence_dot_target: str = "target {value}"
    sentence_interval: str = "{name}: {value} ({low} to {high}), {state}."
    sentence_interval_open: str = "{name}: {value}."
    sentence_pair: str = "{name}: {x_name} {x}, {y_name} {y}."
    sentence_year: str = "{year}: benefit {benefit}, cost {cost}, cumulative {cumulative}{range}."
    sentence_year_range: str = " ({low} to {high})"
    sentence_distribution: str = (
        "Expected {mean}; nine of ten outcomes lie between {p5} and {p95}; chance of a loss {loss}."
    )
    sentence_tornado: str = "{name} from {low_input} to {high_input}: result from {low} to {high}."
    sentence_covered: str = "{row}: {cells}."
    sentence_cell: str = "{column} {value}"
    sentence_gap: str = "Not covered by anyone: {columns}."
    sentence_plan: str = (
        "Baseline {baseline}. If it works: {works} by {review}; if it does not: about {baseline}. "
        "The smallest detectable change is {change}."
    )
    sentence_plan_blind: str = "The expected change is smaller: it could not be told apart from chance."
    answer: str = "Answer"
    answers: str = "Answers"
    sentence_answers: str = "{name}: {answers}."
    sentence_answer: str = "{answer} {share} ({count})"
    sentence_answer_before: str = "{answer} {share}"
    separator: str = " "
    list_separator: str = ", "

    def last(self, period: Period) -> str:
        """What the newest period of a series is called."""
        return {
            Period.DAY: self.last_day,
            Period.WEEK: self.last_week,
            Period.MONTH: self.last_month,
            Period.QUARTER: self.last_quarter,
            Period.YEAR: self.last_year,
        }[period]


ENGLISH = Labels()
CHINESE = Labels(
    points="分",
    percentage_points="个百分点",
    hours="小时",
    period="周期",
    series="指标",
    value="数值",
    low="下限",
    high="上限",
    range="区间",
    n="样本量",
    target="目标",
    center="通常水平",
    lower_limit="控制下限",
    upper_limit="控制上限",
    event="事件",
    date="日期",
    observed="实际值",
    end_value="{name}（{period}）：{value}",
    last_day="最后一天",
    last_week="最后一周",
    last_month="最后一个月",
    last_quarter="最后一个季度",
    last_year="最后一年",
    expected="若无此举措的预期值",
    control="对照组",
    difference="差异",
    baseline="目前",
    name="名称",
    state="结论",
    better="更好",
    worse="更差",
    undecided="无法判断",
    previous="上一轮",
    perspective="视角",
    practice="实践",
    level="级别",
    year="年份",
    benefit="收益",
    cost="成本",
    net="净额",
    cumulative="累计",
    probability="概率",
    expected_value="期望值",
    from_value="从",
    to_value="至",
    loss_chance="亏损概率{share}",
    assumption="假设",
    low_input="取低值",
    high_input="取高值",
    at_low="取低值时的结果",
    at_high="取高值时的结果",
    base="基准情形{value}",
    base_case="基准情形",
    row="触点",
    column="职能",
    covered="已覆盖",
    not_covered="未覆盖",
    works="如果有效",
    does_not="如果无效",
    smallest="可检测的最小变化：{change}",
    too_few="少于{minimum}个",
    gap_note="回答少于{minimum}个，不予显示",
    interval="{level}区间{low}至{high}",
    span="{low}至{high}",
    brackets="（{text}）",
    closer="{text}（{closer}）",
    average="上线以来平均，{level}区间{low}至{high}",
    value_n="n\u00a0=\u00a0{n}",
    sentence_series=(
        "{name}：{first_period}为{first}，{last_period}为{last}；"
        "最低{lowest}（{lowest_period}），最高{highest}（{highest_period}）。"
    ),
    sentence_point="{name}：{last_period}为{last}。",
    sentence_last_interval="最新数值介于{low}与{high}之间。",
    sentence_hidden="有{count}个周期因回答少于{minimum}个而不予显示。",
    sentence_event="{label}：{date}。",
    sentence_target="目标：{value}。",
    sentence_limits="通常水平{center}，控制限{low}至{high}。",
    sentence_counterfactual=(
        "自上线（{date}）以来，实际值到{period}为{observed}；若无此举措，预期为{expected}（水平{low}至{high}）。"
    ),
    sentence_no_expected="无法估计预期走势。",
    sentence_effect="上线以来的平均差异：{value}（{level}区间{low}至{high}）。",
    sentence_control="对照组从{first}变为{last}。",
    sentence_dots="{name}：{dots}。",
    sentence_dot="{perspective} {value}",
    sentence_dot_previous="{perspective} {value}（上一轮{previous}）",
    sentence_dot_target="目标{value}",
    sentence_interval="{name}：{value}（{low}至{high}），{state}。",
    sentence_interval_open="{name}：{value}。",
    sentence_pair="{name}：{x_name}{x}，{y_name}{y}。",
    sentence_year="{year}：收益{benefit}，成本{cost}，累计{cumulative}{range}。",
    sentence_year_range="（{low}至{high}）",
    sentence_distribution="期望值{mean}；十次中有九次介于{p5}与{p95}之间；亏损概率{loss}。",
    sentence_tornado="{name}从{low_input}到{high_input}：结果从{low}到{high}。",
    sentence_covered="{row}：{cells}。",
    sentence_cell="{column} {value}",
    sentence_gap="无人代表：{columns}。",
    sentence_plan=(
        "基线{baseline}。如果有效：到{review}为{works}；如果无效：约{baseline}。可检测的最小变化为{change}。"
    ),
    sentence_plan_blind="预期变化比这更小：我们无法将其与偶然波动区分。",
    answer="回答",
    answers="回答数",
    sentence_answers="{name}：{answers}。",
    sentence_answer="{answer}：{share}（{count}个）",
    sentence_answer_before="{answer}：{share}",
    separator="",
    list_separator="、",
)


def labels_for(key: str) -> Labels:
    """Labels of a language code; codes that start with "zh" are Chinese, all others English."""
    return CHINESE if key.lower().startswith("zh") else ENGLISH
