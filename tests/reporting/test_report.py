"""The report's page: well formed, self-contained, complete, escaped, and without any phone number."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from reporting.content import make_content, make_empty_content
from ringback.reporting.funnel import FunnelStep
from ringback.reporting.report import render_report

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class _Page(HTMLParser):
    """Checks that elements nest, and keeps what the assertions ask for."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts, self.ids = [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a start"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def named(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def html():
    return render_report(make_content())


@pytest.fixture(scope="module")
def page(html):
    return _Page(html)


def test_page_is_well_formed_and_its_links_lead_somewhere(html, page):
    assert html.startswith("<!DOCTYPE html>")
    assert len(page.ids) == len(set(page.ids))
    links = [attrs["href"] for attrs in page.named("a")]
    assert links
    assert all(link.startswith("#") and link[1:] in page.ids for link in links)
    assert len(page.named("h1")) == 1


def test_page_asks_nothing_of_the_network_and_runs_nothing(html, page):
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    for tag, attrs in page.tags:
        assert not {name for name in attrs if name.startswith("on") or name in {"src", "srcset", "xlink:href"}}, tag
    assert "url(" not in html.replace("url(#", "")
    assert "@import" not in html
    addresses = html.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http:" not in addresses
    assert "https:" not in addresses
    policy = next(attrs["content"] for attrs in page.named("meta") if "http-equiv" in attrs)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_same_content_makes_the_same_page(html):
    assert render_report(make_content()) == html


def test_headline_and_figures_that_people_ask_for_first(page):
    assert "Operation Elaborate (rehearsal) 70,000 people to warn" in page.text
    order = ["People to warn 70,000", "UK people called for over a minute 200,000", "Calls 10,000,000"]
    order += ["Calls to the UK 3,500,000", "Accounts 59,000", "Paid to the site £3,200,150.50"]
    places = [page.text.index(words) for words in order]
    assert places == sorted(places)
    assert "35.0% of those called for over a minute" in page.text


@pytest.mark.parametrize(("count", "words"), [(1, "1 person to warn"), (0, "Nobody to warn"), (None, "is not known")])
def test_headline_of_few(count, words):
    figures = [{**figure} for figure in make_content().figures]
    next(figure for figure in figures if figure["key"] == "numbers_to_alert")["value"] = count
    assert words in _Page(render_report(make_content(figures=figures, calls_by_day=[]))).text


def test_every_figure_is_in_the_table_once_with_its_definition(html, page):
    for figure in make_content().figures:
        assert page.ids.count(f"figure-{figure['key']}") == 1
        row = html.split(f'id="figure-{figure["key"]}"')[1].split("</tr>")[0]
        cells = _Page(f"<table><tr>{row.partition('>')[2]}</tr></table>").text
        assert "".join(figure["key"].split()) in cells.replace("_ ", "_")
        assert figure["definition"] in cells
        assert "1 July 2021 to 31 August 2022" in cells
        assert f"{figure['rows']:,}" in cells
    assert "Made up by a test" in page.text
    assert "1,234 widgets" in page.text


def test_times_are_the_cases_own(page):
    assert "from 1 July 2021 at 08:01:12 BST to 31 August 2022 at 22:58:40 BST" in page.text
    assert "In the busiest minute, 14 March 2022 at 11:42 GMT, 20 people in the UK were being called." in page.text
    assert "Times are given in the case’s time zone, Europe/London." in page.text
    assert "2022-08-31" not in page.text
    winter = make_content(made_at=datetime(2022, 11, 5, 9, 30, tzinfo=UTC), time_zone="America/New_York")
    assert "5 November 2022 at 05:30 EDT" in _Page(render_report(winter)).text


def test_all_who_fell_out_are_listed_with_their_reasons(page):
    for step in make_content().funnel:
        assert step.label in page.text
        for reason, count in step.fell_out:
            assert f"{reason} {count:,}" in page.text
    assert all("open" in attrs for attrs in page.named("details") if attrs.get("class") == "reasons")
    assert "does not add up" not in page.text


def test_step_that_does_not_add_up_says_so():
    step = FunnelStep("read", "Readable rows", "rows", 2_000, 500, [("torn", 400)])
    text = _Page(render_report(make_content(funnel=[step]))).text
    assert "This step does not add up: 1,100 have no reason." in text


def test_every_picture_is_described_and_has_its_data(page):
    pictures = page.named("svg")
    assert len(pictures) == 12, "six pictures, each wide and narrow"
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 40 for attrs in pictures)
    assert len({attrs["aria-label"] for attrs in pictures}) == 6
    assert [attrs["class"] for attrs in page.named("details")].count("data") == 5, "the funnel has its own table"
    assert any("10% of accounts made 61.3% of the calls" in attrs["aria-label"] for attrs in pictures)


def test_login_with_markup_is_shown_and_not_run(html, page):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "<script>alert(1)</script>" in page.text


def test_login_and_file_name_that_hold_a_number_are_masked(html, page):
    assert "***** ****23" in page.text
    assert "+**********56" in page.text
    assert "export of ***** ****23.csv" in page.text
    assert "900123" not in html
    assert "\u202e" not in html


SMUGGLERS = {
    "rule": {"rule_words": "people called from 07700 900123"},
    "reason": {"funnel": [FunnelStep("read", "Rows", "rows", 2, 1, [("torn at 020 7946 0123", 1)])]},
    "step": {"funnel": [FunnelStep("read", "07700900123", "rows", 2, 1, [("torn", 1)])]},
    "version": {"ringback_version": "07700900123"},
}


@pytest.mark.parametrize("changes", SMUGGLERS.values(), ids=SMUGGLERS.keys())
def test_number_in_our_own_words_stops_the_report(changes):
    with pytest.raises(ValueError, match="looks like a phone number"):
        render_report(make_content(**changes))


@pytest.mark.parametrize("field", ["key", "value", "unit", "definition", "period", "rule"])
def test_number_in_a_figure_stops_the_report(field):
    figure = {
        **{
            "key": "odd",
            "value": 1,
            "unit": "calls",
            "definition": "An odd one",
            "period": "",
            "rule": "",
            "rows": 1,
        },
        **{field: "+447700900123"},
    }
    with pytest.raises(ValueError, match="looks like a phone number"):
        render_report(make_content(figures=[figure]))


@pytest.mark.parametrize("changes", [{"case_name": "Case 07700 900123"}, {"findings": ["table t_07700900123 is torn"]}])
def test_number_in_a_name_of_the_case_is_masked(changes):
    text = _Page(render_report(make_content(**changes))).text
    assert "900123" not in text
    assert "****23" in text


def test_banner_is_there_when_the_seizure_is_made_up():
    banner = "Synthetic seizure: made-up records. No real person is in this report."
    made_up, real = (render_report(make_content(synthetic=synthetic)) for synthetic in (True, False))
    assert banner in _Page(made_up).text
    assert "SYNTHETIC SEIZURE" in made_up, "every printed page says so"
    assert "ynthetic" not in _Page(real).text
    assert "SYNTHETIC SEIZURE" not in real


def test_findings_exhibits_and_the_way_to_check(page):
    content = make_content()
    assert "Exhibit EX-002 is damaged at byte 1,234,567,890: what was read before that point is kept." in page.text
    assert "Damaged: the file is torn at byte 1,234,567,890; rows after it may be missing" in page.text
    assert all(exhibit["sha256"] in page.text for exhibit in content.exhibits)
    assert f"ringback verify CASE --head {content.audit_head}" in page.text
    assert content.run_id in page.text


def test_case_without_calls_is_sentences_and_no_pictures():
    page = _Page(render_report(make_empty_content()))
    assert not page.named("svg")
    for words in (
        *(
            "Nobody to warn",
            "There are no calls to show.",
            "No account made a call.",
            "The case holds no exhibit.",
        ),
        *("The exhibits hold no call that could be dated.", "No account has been tied to a person yet."),
    ):
        assert words in page.text
    assert "Read this first" not in page.text
    assert not {"None", "nan"} & set(page.text.split())


def test_report_with_nothing_at_all_is_still_a_page():
    content = make_empty_content()
    page = _Page(
        render_report(
            make_content(
                **{
                    **{name: [] for name in ("figures", "funnel", "calls_by_day", "peak_minutes", "account_shares")},
                    **{name: [] for name in ("busiest_accounts", "exhibits", "findings")},
                }
            )
        )
    )
    assert "How many people to warn is not known" in page.text
    assert content.run_id in page.text
