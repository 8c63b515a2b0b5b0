"""An ageing as a bar: its buckets as stretches, in words and tones."""

from __future__ import annotations

from collections.abc import Iterator

from relance.domain.measures.ageing import UNDATED, Ageing, Bucket
from relance.errors import Message, msg
from relance.reports.view import Part, Tone

_BUCKET_TONES = (Tone.GOOD, Tone.NOTICE, Tone.WARNING, Tone.BAD)


def parts_of(ageing: Ageing) -> Iterator[Part]:
    """The buckets as stretches of a bar, the later the redder."""
    late = len(ageing.buckets) - 1
    for position, bucket in enumerate(ageing.buckets):
        tone = _BUCKET_TONES[-(-position * 3 // late)]
        yield Part(bucket_label(bucket), bucket.open, tone, bucket.count)


def bucket_label(bucket: Bucket) -> Message:
    """`not due`, `1-30 d`, `91+ d`, `no date`."""
    if bucket.key == UNDATED:
        return msg("no date")
    if bucket.first is None:
        return msg("not due")
    if bucket.last is None:
        return msg("{first}+ d", first=bucket.first)
    return msg("{first}-{last} d", first=bucket.first, last=bucket.last)
