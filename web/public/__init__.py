"""The public site (/): what is reported and mended, the plan and its money, proposals, polls, announcements, open data.

Everything here is for everybody: no sign-in, no cookie, nothing personal. What may be shown is decided in
models/publishing.py; these modules only lay it out. A page is a view on `web.public.pages.pages`:

    @pages.get("/<int(fixed_digits=4):year>/cases")
    @shows("cases", "town", asks=("moo", "category", "state", "after"))
    def cases(front: Front, year: int) -> Shown: ...

`shows` names the topics of models/freshness.py that the page tells of and the query arguments it knows. A page is
worked out once and kept in memory until one of its topics changes; it goes out with an ETag, and packed for slow
lines. The Thai page has the address itself, the English one the same behind /en. Templates are in
web/templates/public/, words in web/texts/<language>/public.toml. Scripts are never needed to read.
"""
