// An article: its text, one version or two side by side, beside a panel.

const hiddenKeys = new Set(
  index.layers
    .filter((layer) => layer.tiles)
    .flatMap((layer) => layer.labels.map((label) => keyOf(layer.name, label))),
);
const looking = { tags: false };

function articlePage(id, query, chosen = null) {
  const doc = documentOf(id);
  if (!doc) return missing(`There is no article ${id}.`);
  const about = index.documents[numberOf.get(id)];
  const names = doc.versions.map((version) => version.name);
  const holding = chosen ? doc.versions.find((version) => version.spans.some((span) => span.id === chosen)) : null;
  const left = holding ??
    doc.versions.find((version) => version.name === query.get("left")) ??
    doc.versions[0] ??
    indexed({ name: "", spans: [], links: [], values: {} });
  const right = doc.versions.find((version) => version.name === query.get("right") && version !== left);
  const go = (values) => {
    location.hash = withQuery(address("article", id), { left: left.name, right: right?.name, ...values });
  };
  const panel = el(
    "aside",
    { class: "panel", "aria-label": "What is chosen" },
    el(
      "p",
      { class: "hint" },
      "Choose a span in the text: click it, or move to the text and use the arrow keys left and right.",
    ),
  );
  const page = el("div", { class: "article" });
  const differ = right ? differences(left, right) : [];
  const texts = el("div", { class: right ? "texts two" : "texts" });
  let views = [];
  const draw = () => {
    const differing = new Set(differ.flatMap((one) => [one.span, one.other].filter(Boolean)));
    views = [left, right].filter(Boolean).map(
      (version) =>
        new TextView(doc, version, {
          label: `Text of ${id}, version ${version.name}`,
          hidden: hiddenKeys,
          tags: looking.tags,
          differing: right && differing,
          choose: (view, span, around) => choose(panel, doc, view, span, around),
        }),
    );
    texts.replaceChildren(
      ...views.map((view) =>
        el(
          "section",
          { class: "column", "aria-label": `Version ${view.version.name}` },
          right ? el("h2", {}, words(view.version.name)) : null,
          view.root,
        ),
      ),
    );
  };
  draw();
  const showing =
    names.length > 1
      ? [
          select(
            "Version",
            names.map((name) => [name, name]),
            left.name,
            (name) => go({ left: name }),
          ),
          select(
            "Beside it",
            [["", "nothing"], ...names.filter((name) => name !== left.name).map((name) => [name, name])],
            right?.name ?? "",
            (name) => go({ right: name }),
          ),
        ]
      : [];
  page.append(
    el("h1", {}, words(about.title || id)),
    el(
      "p",
      { class: "meta" },
      words(
        [id, ...Object.entries(about.metadata).map(([name, value]) => `${name}: ${shownValue(value)}`)].join(" · "),
      ),
    ),
    doc.text === null || doc.text === "" ? el("p", { class: "note" }, "The text is not part of this release.") : "",
    el(
      "div",
      { class: "controls" },
      showing,
      el(
        "label",
        { class: "check" },
        el("input", {
          type: "checkbox",
          checked: looking.tags,
          on: {
            change: (event) => {
              looking.tags = event.target.checked;
              draw();
            },
          },
        }),
        " labels in the text",
      ),
    ),
    valuesTable(doc),
    legend(left, right, draw),
    el("p", { id: "keys", class: "unseen" }, "Arrow keys left and right move from span to span."),
    right ? differencesList(differ, left, right, doc, () => views) : "",
    el("div", { class: "split" }, texts, panel),
  );
  if (chosen) {
    const span = left.spans.find((one) => one.id === chosen);
    keysOf(span).forEach((key) => hiddenKeys.delete(key));
    draw();
    page.ready = () => {
      const view = views[0];
      view.pick(span);
      view.root.focus({ preventScroll: true });
    };
  }
  return page;
}

function legend(left, right, redraw) {
  const counts = new Map();
  for (const version of [left, right].filter(Boolean))
    for (const key of version.spans.flatMap(keysOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const groups = index.layers.map((layer) => {
    const labels = layer.labels.map((label) => [label, keyOf(layer.name, label)]).filter(([, key]) => counts.has(key));
    if (!labels.length) return null;
    return el(
      "fieldset",
      {},
      el("legend", {}, wholeLayer(layer, labels, redraw)),
      labels.map(([label, key]) => {
        const box = el("input", {
          type: "checkbox",
          checked: !hiddenKeys.has(key),
          on: {
            change: () => {
              if (box.checked) hiddenKeys.delete(key);
              else hiddenKeys.add(key);
              const whole = box.closest("fieldset").querySelector("legend input");
              whole.checked = labels.some(([, each]) => !hiddenKeys.has(each));
              redraw();
            },
          },
        });
        const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
        swatch.style.backgroundImage = line([looks.get(key)]);
        const count = el("small", {}, ` ${counts.get(key)}`);
        return el("label", { class: "check" }, box, " ", swatch, words(label || "no label"), count);
      }),
    );
  });
  const shown = groups.filter(Boolean);
  return shown.length
    ? el("details", { class: "legend", open: innerWidth > 700 }, el("summary", {}, "Layers and labels"), shown)
    : "";
}

// A box by which all labels of a layer are shown or hidden.
function wholeLayer(layer, labels, redraw) {
  const box = el("input", {
    type: "checkbox",
    checked: labels.some(([, key]) => !hiddenKeys.has(key)),
    on: {
      change: () => {
        for (const [, key] of labels) box.checked ? hiddenKeys.delete(key) : hiddenKeys.add(key);
        for (const other of box.closest("fieldset").querySelectorAll("input")) other.checked = box.checked;
        redraw();
      },
    },
  });
  return el("label", {}, box, " ", words(layer.name));
}

function differencesList(found, left, right, doc, views) {
  const sides = [`only ${left.name}`, `only ${right.name}`, "attributes differ"];
  const list = el("ol", { class: "differences" });
  const more = grows(
    found,
    (one) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            class: "plain",
            on: {
              click: () => {
                for (const view of views())
                  for (const span of [one.span, one.other])
                    if (span && view.byId.get(span.id) === span) view.pick(span);
              },
            },
          },
          el("span", { class: `badge side${one.side}` }, words(sides[one.side])),
          " ",
          words(`${one.span.labels.join(", ")}: ${cut(doc.slice(one.span.start, one.span.end))}`),
        ),
      ),
    list,
    40,
  );
  const loose = left.released || right.released ? " (beside what is released, only extents are compared)" : "";
  return el(
    "details",
    { class: "legend" },
    el("summary", {}, `${plural(found.length, "difference")}${loose}`),
    list,
    more,
  );
}

const missing = (text) =>
  el(
    "div",
    {},
    el("h1", {}, "Not found"),
    el("p", {}, words(text)),
    el("p", {}, el("a", { href: "#/" }, "All articles")),
  );
