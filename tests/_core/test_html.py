"""Results in a notebook: every letter of them escaped, every tag closed."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from cxchurn._core import html_list, html_result, html_said, html_table


class Read(HTMLParser):
    """Collects the text, and notes what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


texts = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("<>&\"'"), max_size=20)


@given(texts, texts, st.lists(st.lists(texts, min_size=2, max_size=2), max_size=4), st.lists(texts, max_size=3))
def test_whatever_is_said_is_read_again_and_no_tag_is_smuggled_in(title, about, rows, points):
    page = html_result(title, about, html_table(["a", "b"], rows), html_said(points), html_list(points))
    read = Read(page)
    assert read.open == []
    assert set(read.tags) <= {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    assert "".join(read.text).replace(" ", "") == "".join(
        [title, ":" if about else "", about, "a", "b", *(cell for row in rows for cell in row), *points, *points]
    ).replace(" ", "")


def test_a_long_table_says_how_many_rows_are_left():
    page = html_table(["n"], [[place] for place in range(5)], most=3)
    assert page.count("<tr>") == 4
    assert "and 2 more" in page
    assert "more" not in html_table(["n"], [[1], [2], [3]], most=3)


def test_the_first_cell_names_its_row():
    assert '<th scope="row">x</th><td>1</td>' in html_table(["", "n"], [["x", 1]])
    assert html_list([]) == ""
