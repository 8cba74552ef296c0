"""XML exports that the tests read, and the jobs that read them."""

from __future__ import annotations

from typing import Any

from nightclerk.core.entity import Entity
from nightclerk.core.feed import Feed
from nightclerk.core.reading import Job

ENTITY = Entity.model_validate({
    "entity": "invoice", "table": "invoices", "key": ["number"],
    "fields": {
        "number": {"type": "text"}, "customer": {"type": "text"}, "issue_date": {"type": "date"}, "due_date": {"type": "date"},
        "amount": {"type": "money", "currency": "currency"}, "currency": {"type": "currency"}, "reference": {"type": "text"},
    },
})  # fmt: skip

#: In the manner of FatturaPA: what all invoices share stands above them, and some elements stand several times.
INVOICES = """<?xml version="1.0" encoding="UTF-8"?>
<p:Fattura xmlns:p="urn:example" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="FPR12">
  <Header>
    <Customer><Name>Città &amp; Figli</Name><Id>00123</Id></Customer>
  </Header>
  <Body>
    <Document><Number>1</Number><Date>2026-11-02</Date><Note>first</Note><Note>second</Note></Document>
    <Amount currency="EUR">10.50</Amount>
    <Payment><Due>2026-12-01</Due><Sum>10.50</Sum></Payment>
  </Body>
  <Body>
    <!-- a comment --><?work one?>
    <Document><Number><![CDATA[2<b>]]></Number><Date>2026-11-03</Date></Document>
    <Amount currency="EUR">20</Amount>
    <Payment><Due>2026-12-02</Due><Sum>15</Sum></Payment>
    <Payment><Due>2026-12-03</Due><Sum>5</Sum></Payment>
  </Body>
</p:Fattura>
"""
FEED: dict[str, Any] = {
    "feed": "invoices", "files": "*.xml", "entity": "invoice", "format": {"rows": "Body"},
    "mapping": {
        "number": "Document/Number", "customer": "../Header/Customer/Id", "issue_date": "Document/Date",
        "amount": "Amount", "currency": "Amount/@currency", "due_date": "Payment/Due",
    },
    "ignore": "Payment/Sum",
}  # fmt: skip


def feed_job(block_bytes: int = 1 << 20, mapping: dict[str, Any] | None = None, **changed: Any) -> Job:
    """Returns the job of reading with the feed; what is given changes its format, ``mapping`` adds to the mapping."""
    format_, others = {**FEED["format"]}, {}
    for key, value in changed.items():
        if key in Feed.model_fields:
            others[key] = value
        else:
            format_[key] = value
    feed = Feed.model_validate({**FEED, "format": format_, "mapping": {**FEED["mapping"], **(mapping or {})}, **others})
    return Job(
        "it", "Europe/Rome", feed=feed.model_dump_json(by_alias=True), entity=ENTITY.model_dump_json(by_alias=True),
        block_bytes=block_bytes,
    )  # fmt: skip
