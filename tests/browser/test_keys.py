"""What the look for things that only a mouse can do finds, and what it lets pass."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.keys import unreached

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="keys are the same whatever the database"),
    pytest.mark.parametrize("look", ["light"], indirect=True),
]


def test_the_check_finds_what_only_a_mouse_can_do(page: Page) -> None:
    page.set_content("""<!doctype html><base href="http://candid.test/"><style>.tip { display: none }
        p:hover .tip { display: block } .bare:focus { outline: none }</style>
      <div style="cursor: pointer">pointer</div> <span x-on:click="x">alpine</span> <b onclick="x">onclick</b>
      <button><i x-on:click="x">within</i></button> <a @click="x" tabindex="0">no role</a>
      <div><i draggable="true">drag</i></div>
      <i role="tab">tab</i>
      <label style="cursor: pointer">label<u style="display: none"><input type="checkbox"></u></label>
      <input tabindex="3"> <div aria-hidden="true"><a href="#x">unread</a></div>
      <p>over <b class="tip">hover</b></p> <button class="bare">bare</button>
      <canvas data-links='[["/there/"], ["#x", "", null]]'></canvas>""")
    found = sorted((what, re.sub(r"<[^>]*>", "", place).strip()) for what, place in unreached(page, focuses=True))
    assert found == [
        ("a chart leads where no link does (1 of 2)", "/there/"),
        ("a positive tabindex", ""),
        ("it has the focus and no role", "no role"),
        ("it is dragged, and no button beside it does the same", "drag"),
        *[("no key presses it", name) for name in ("alpine", "label", "onclick", "pointer", "tab", "within")],
        ("only the mouse shows it (p:hover .tip)", "hover"),
        ("the focus can go into what is hidden from readers", "unread"),
        ("the focus is not seen", "bare"),
    ]


def test_the_check_finds_nothing_where_keys_do_it_too(page: Page) -> None:
    page.set_content("""<!doctype html><style>.tip { display: none } p:is(:hover, :focus-within) .tip { display: block }
        label, li { cursor: pointer }</style>
      <label>Yes <input type="radio" name="a"></label> <label for="f">File</label><input id="f" type="file">
      <input role="combobox" aria-controls="l"><ul id="l" role="listbox"><li role="option">One</li></ul>
      <div x-on:click="x"><button>Buy</button></div> <div x-on:click="x"></div>
      <u x-on:click="x" role="button" tabindex="0">u</u>
      <div><i draggable="true">drag</i><button>Later</button></div> <details><summary>More</summary><p>x</p></details>
      <p tabindex="0">over <b class="tip">hover</b></p> <canvas data-links='["#x"]'></canvas><a href="#x">x</a>""")
    assert [*unreached(page, focuses=True)] == []
