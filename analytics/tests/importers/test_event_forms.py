from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importers.events.amplitude import amplitude_event
from analytics.importers.events.ga4 import ga4_event
from analytics.importers.events.mixpanel import mixpanel_event
from analytics.importers.events.times import moment_of
from analytics.operations.new_event import EventRefused, event_id, moment_of_id, somebody
from tests.cast import NOW

MOMENT = datetime(2024, 1, 15, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        1705314600,
        1705314600.0,
        "1705314600",
        1705314600_000,
        1705314600_000_000,
        "1705314600000",
        "2024-01-15T10:30:00Z",
        "2024-01-15 10:30:00.000000",
        "2024-01-15T11:30:00+01:00",
        "2024-01-15 10:30:00 UTC",
    ],
)
def test_a_time_in_any_form_is_the_same_moment(value: Any) -> None:
    assert moment_of(value) == MOMENT


@pytest.mark.parametrize("value", [None, "", "yesterday", True, [], {}, 10**19, "99999-01-01", float("inf"), -(10**30)])
def test_it_refuses_what_is_no_time(value: Any) -> None:
    with pytest.raises(EventRefused):
        moment_of(value)


def test_a_project_of_local_times_counts_from_1970_in_its_zone() -> None:
    local = moment_of(1705314600, zone=ZoneInfo("America/New_York"), is_local=True)
    assert local == datetime(2024, 1, 15, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "anonymous",
        "NULL",
        "null",
        0,
        "0",
        -1,
        "-1",
        "00000000-0000-0000-0000-000000000000",
        " ",
        "NaN",
        {},
    ],
)
def test_such_an_id_is_nobody(value: Any) -> None:
    assert somebody(value) == ""


@pytest.mark.parametrize(("value", "text"), [("u1", "u1"), (17, "17"), (17.0, "17"), (" u ", "u"), ("-12", "-12")])
def test_such_an_id_is_somebody(value: Any, text: str) -> None:
    assert somebody(value) == text


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.text(max_size=50),
)
def test_a_key_tells_its_millisecond_and_is_of_version_7(moment: datetime, key: str) -> None:
    made = event_id(1, moment, key)
    told = moment_of_id(made)
    assert told == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made == event_id(1, moment, key)
    assert made != event_id(2, moment, key)


def mixpanel(event: str = "View", **properties: Any) -> dict[str, Any]:
    return {"event": event, "properties": {"time": 1705314600, "$insert_id": "i", **properties}}


def test_mixpanel_tells_device_and_user() -> None:
    event = mixpanel_event(mixpanel(distinct_id="u", **{"$device_id": "d", "$user_id": "u", "plan": "pro"}), at=NOW)
    assert (event.user, event.device, event.at, dict(event.properties)) == ("u", "d", MOMENT, {"plan": "pro"})


def test_a_distinct_id_is_a_device_where_it_says_so() -> None:
    event = mixpanel_event(mixpanel(distinct_id="$device:d"), at=NOW)
    assert (event.user, event.device) == ("", "d")
    assert mixpanel_event(mixpanel(distinct_id="u"), at=NOW).user == "u"


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("$identify", {"distinct_id": "u", "$identified_id": "u", "$anon_id": "old"}),
        ("$create_alias", {"distinct_id": "old", "alias": "u"}),
        ("$merge", {"$distinct_ids": ["u", "old"]}),
    ],
)
def test_mixpanel_says_that_two_ids_are_one(name: str, properties: dict[str, Any]) -> None:
    event = mixpanel_event(mixpanel(name, **properties), at=NOW)
    assert (event.user, event.also, event.device) == ("u", ("old",), "old")


def test_mixpanel_events_differ_by_name_id_time_and_insert_id() -> None:
    keys = {
        mixpanel_event(one, at=NOW).key
        for one in (
            mixpanel(distinct_id="u"),
            mixpanel(distinct_id="u"),
            mixpanel("Buy", distinct_id="u"),
            mixpanel(distinct_id="v"),
            mixpanel(distinct_id="u", time=1705314601),
            mixpanel(distinct_id="u", **{"$insert_id": "j"}),
        )
    }
    assert len(keys) == 5


def test_amplitude_over_http_and_in_an_export() -> None:
    http = {
        "event_type": "Buy", "user_id": "u", "device_id": "d", "time": 1705314600000, "insert_id": "i",
        "session_id": 1705314000000, "event_properties": {"plan": "pro"}, "user_properties": {"email": "a@b.example"},
        "productId": "p1", "platform": "iOS", "ip": "10.0.0.1",
    }  # fmt: skip
    event = amplitude_event(http, at=NOW)
    assert (event.user, event.device, event.at, event.email) == ("u", "d", MOMENT, "a@b.example")
    assert event.session == "1705314000000"
    assert event.properties["product_id"] == "p1"
    assert "ip" not in event.properties
    export = {"event_type": "Buy", "uuid": "x", "event_time": "2024-01-15 10:30:00.000000", "session_id": -1}
    event = amplitude_event(export, at=NOW)
    assert (event.key, event.at, event.session) == ("x", MOMENT, "")


def ga4(**more: Any) -> dict[str, Any]:
    params = [
        {"key": "ga_session_id", "value": {"int_value": "1705314000"}},
        {"key": "page_location", "value": {"string_value": "https://shop.example/"}},
        {"key": "value", "value": {"double_value": 9.5}},
    ]
    return {
        "event_date": "20240115",
        "event_timestamp": "1705314600000000",
        "event_name": "purchase",
        "event_params": params,
        "user_pseudo_id": "1.2",
        "user_id": None,
        "items": [{"item_id": "p1", "price": 3, "promotion_id": "(not set)"}],
        "device": {"category": "mobile", "advertising_id": "secret"},
        **more,
    }


def test_ga4_is_taken_apart() -> None:
    event = ga4_event(ga4())
    assert (event.name, event.device, event.user) == ("purchase", "1.2", "")
    assert (event.session, event.at) == ("1705314000", MOMENT)
    assert event.properties == {
        "page_location": "https://shop.example/", "value": 9.5, "category": "mobile",
        "items": [{"item_id": "p1", "price": 3}],
    }  # fmt: skip


def test_ga4_events_differ_by_what_tells_them_apart() -> None:
    keys = {ga4_event(one).key for one in (ga4(), ga4(), ga4(batch_event_index="1"), ga4(user_pseudo_id="2.3"))}
    assert len(keys) == 3


@pytest.mark.parametrize("item", [{}, {"event": "x"}, {"event": "", "properties": {}}, mixpanel("x" * 201)])
def test_it_refuses_what_is_no_event_of_mixpanel(item: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        mixpanel_event(item, at=NOW)
