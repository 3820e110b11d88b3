"""Releases without the articles' text, and text put back; annotations carried over to a corrected text.

`anchors` says where spans of one text are in another. `mask` and `quotes` take text out (`withhold`); `fingerprint`,
`copies` and `refill` find it again in a copy, and `rows` puts it back (`hydrate`). `rebase` moves exports.
"""
