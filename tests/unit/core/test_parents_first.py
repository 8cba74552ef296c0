from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.ordering import parents_first


def entity(name: str, *parents: str, members: tuple[str, ...] = ()) -> Entity:
    fields: dict[str, dict[str, str]] = {"code": {"type": "text"}}
    fields |= {f"its_{parent}": {"type": "reference", "to": parent} for parent in parents}
    fields |= {f"its_{member}s": {"type": "list", "of": member} for member in members}
    return Entity.model_validate({"entity": name, "table": f"{name}s", "key": ["code"], "fields": fields})


ENTITIES = {
    one.entity: one
    for one in (
        entity("customer", members=("group",)),
        entity("group"),
        entity("gl_account"),
        entity("product", "gl_account"),
        entity("invoice", "customer"),
        entity("payment", "customer", "invoice"),
        entity("egg", "hen"),
        entity("hen", "egg"),
        entity("omelette", "egg"),
        entity("person", "person"),
    )
}


def feed(name: str) -> Feed:
    of = name.rstrip("0123456789")
    return Feed.model_validate({"feed": name, "files": f"{name}_*.csv", "entity": of, "mapping": {"code": "Code"}})


def ordered(*names: str) -> list[str]:
    return [one.feed for one in parents_first([feed(name) for name in names], ENTITIES)]


def test_parents_go_before_their_children() -> None:
    assert ordered("payment", "invoice", "customer") == ["customer", "invoice", "payment"]
    assert ordered("product", "gl_account") == ["gl_account", "product"]
    assert ordered("customer", "group") == ["group", "customer"]


def test_feeds_that_need_nothing_of_each_other_keep_their_order() -> None:
    assert ordered("product", "customer", "person") == ["product", "customer", "person"]
    assert ordered("invoice2", "product", "invoice1", "customer") == ["product", "customer", "invoice2", "invoice1"]


def test_a_parent_without_a_feed_is_not_waited_for() -> None:
    assert ordered("payment", "product") == ["payment", "product"]


def test_who_need_each_other_keep_the_order_of_the_file_and_go_before_who_needs_them() -> None:
    assert ordered("hen", "egg") == ["hen", "egg"]
    assert ordered("egg", "hen") == ["egg", "hen"]
    assert ordered("omelette", "hen", "egg") == ["hen", "egg", "omelette"]


@given(st.lists(st.sampled_from(sorted(ENTITIES)), unique=True))
def test_every_feed_comes_once_and_never_before_a_parent_that_does_not_need_it(names: list[str]) -> None:
    found = ordered(*names)
    assert sorted(found) == sorted(names)
    for child, parent in (("invoice", "customer"), ("payment", "invoice"), ("product", "gl_account"), ("omelette", "egg")):
        if child in found and parent in found:
            assert found.index(parent) < found.index(child)
