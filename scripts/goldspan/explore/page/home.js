// The articles, found by words in their titles, attributes and texts.

const folded = lazy(() => index.documents.map(() => null));
const textAt = (number) => (folded()[number] ??= (opening(number).text ?? "").toLowerCase());

function homePage(query) {
  const list = el("ul", { class: "cards" });
  const rest = el("div");
  const count = el("p", { role: "status", class: "count" });
  const conflicts = new Map();
  for (const row of index.relations)
    if (exclusive.has(row.relation))
      for (const id of new Set([row.doc_a, row.doc_b])) conflicts.set(id, (conflicts.get(id) ?? 0) + 1);
  const draw = (sought) => {
    const low = sought.trim().toLowerCase();
    const found = index.documents
      .map((one, number) => ({ one, number }))
      .filter(
        ({ one, number }) =>
          !low ||
          `${one.id}\n${one.title}\n${[one.metadata, one.values].flatMap(Object.values).map(shownValue).join("\n")}`
            .toLowerCase()
            .includes(low) ||
          textAt(number).includes(low),
      );
    list.replaceChildren();
    count.textContent = low
      ? `${plural(found.length, "article")} of ${index.documents.length.toLocaleString("en")}`
      : plural(found.length, "article");
    rest.replaceChildren(
      grows(
        found,
        ({ one, number }) =>
          el(
            "li",
            { class: "card" },
            el("a", { class: "title", href: address("article", one.id) }, words(one.title || one.id)),
            el(
              "p",
              { class: "meta" },
              words(
                [one.title ? one.id : "", one.metadata.outlet, one.metadata.published_date].filter(Boolean).join(" · "),
              ),
            ),
            low ? snippet(number, low) : "",
            el(
              "p",
              {},
              plural(one.spans, "span"),
              conflicts.get(one.id)
                ? [" · ", el("span", { class: "badge conflict" }, plural(conflicts.get(one.id), "conflict"))]
                : "",
            ),
          ),
        list,
        60,
      ),
    );
  };
  let waiting;
  const input = el("input", {
    type: "search",
    value: query.get("q") ?? "",
    on: {
      input: (event) => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
          history.replaceState(null, "", withQuery("#/", { q: event.target.value }));
          draw(event.target.value);
        }, 150);
      },
    },
  });
  draw(query.get("q") ?? "");
  return el(
    "div",
    {},
    el("h1", {}, "Articles"),
    el(
      "form",
      { class: "controls", role: "search", on: { submit: (event) => event.preventDefault() } },
      el("label", { class: "field grow" }, el("span", {}, "Words in the articles"), input),
    ),
    count,
    list,
    rest,
  );
}

function snippet(number, low) {
  const at = textAt(number).indexOf(low);
  const text = opening(number).text ?? "";
  if (at < 0 || textAt(number).length !== text.length) return "";
  const from = Math.max(0, at - 60);
  return el(
    "p",
    { class: "snippet" },
    from ? "…" : "",
    text.slice(from, at),
    el("mark", {}, text.slice(at, at + low.length)),
    text.slice(at + low.length, at + low.length + 80),
    "…",
  );
}
