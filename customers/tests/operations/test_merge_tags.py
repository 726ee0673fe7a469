import pytest

from customers.models import Customer, Segment, Tag
from customers.operations.merge_tags import merge_tags
from customers.tests.segments.asking import all_of, asks, whom
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_customers_and_segments_move_to_the_tag_that_stays(acme: Customer, wang: Customer) -> None:
    kept, vip, news = (Tag.objects.create(name=name) for name in ("Important", "VIP", "News"))
    acme.tags.set([kept, vip])
    wang.tags.set([vip, news])
    segment = Segment.objects.create(name="S", definition=all_of(asks("tag", "one_of", [vip.pk, kept.pk])))
    other = Segment.objects.create(name="O", definition=all_of(asks("tag", "is", news.pk)))
    merge_tags(kept=kept, others=[kept, vip], at=NOW)
    assert list(Tag.objects.all()) == [kept, news]
    assert set(acme.tags.all()) == {kept}
    assert set(wang.tags.all()) == {kept, news}
    segment.refresh_from_db()
    assert segment.definition == all_of(asks("tag", "one_of", [kept.pk]))
    assert (segment.version, Segment.objects.get(pk=other.pk).version) == (2, 1)
    assert whom(segment.definition) == sorted([acme, wang], key=lambda row: row.name)


def test_one_tag_alone_stays_as_it_is(acme: Customer) -> None:
    kept = Tag.objects.create(name="VIP")
    acme.tags.add(kept)
    merge_tags(kept=kept, others=[], at=NOW)
    assert set(acme.tags.all()) == {kept}
