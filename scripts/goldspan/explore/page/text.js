// A text with its spans drawn as lines under the words, which can be pointed at and walked through with the arrow keys.

const LANE = 4;

class TextView {
  constructor(doc, version, { label, hidden, tags, differing, choose }) {
    Object.assign(this, { doc, version, choose, differing: differing ?? new Set(), chosen: null });
    this.visible = version.spans.filter(
      (span) => keysOf(span).some((key) => !hidden.has(key)) && span.end > span.start && span.start < doc.length,
    );
    this.order = [...this.visible].sort((one, other) => one.start - other.start || other.end - one.end);
    this.byId = version.byId;
    this.words = el("div", { class: "words" });
    this.arcs = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.arcs.setAttribute("aria-hidden", "true");
    this.arcs.classList.add("arcs");
    this.root = el(
      "div",
      { class: "text", tabindex: "0", role: "group", "aria-label": label, "aria-describedby": "keys" },
      this.words,
      this.arcs,
    );
    this.draw(tags);
    this.listen();
  }

  draw(tags) {
    const { doc } = this;
    const zones = doc.zones;
    const lane = lanes(this.visible);
    const depth = Math.min(12, Math.max(0, ...lane.values()) + (this.visible.length ? 1 : 0));
    this.root.style.setProperty("--depth", `${depth * LANE}px`);
    const points = new Set([0, doc.length]);
    for (const { start, end } of this.visible) points.add(start).add(Math.min(end, doc.length));
    for (const [start, end] of zones) points.add(start).add(Math.min(end, doc.length));
    const edges = [...points].filter((at) => at >= 0 && at <= doc.length).sort((one, other) => one - other);
    const starting = Map.groupBy
      ? Map.groupBy(this.order, (span) => span.start)
      : this.order.reduce((map, span) => map.set(span.start, [...(map.get(span.start) ?? []), span]), new Map());
    const dim = new Set(index.unannotated);
    let active = [];
    this.pieces = [];
    for (let at = 0; at + 1 < edges.length; at += 1) {
      const [start, end] = [edges[at], edges[at + 1]];
      const begun = starting.get(start) ?? [];
      active = [...active.filter((span) => span.end > start), ...begun];
      const zone = zones.find(([from, to]) => from <= start && start < to);
      const text = doc.slice(start, end);
      const node = el(
        "span",
        { class: "piece" },
        text.split(/(\n\s*\n)/).map((part, number) => el("span", { class: number % 2 ? "gap" : "run" }, part)),
      );
      if (zone && dim.has(zone[2])) node.classList.add("dim");
      if (zone && zone[0] === start) node.dataset.zone = zone[2];
      if (!this.pieces.length || this.pieces.at(-1).text.endsWith("\n")) node.classList.add("fresh");
      if (tags && begun.length) node.dataset.tag = begun.map(tagOf).join(" ");
      if (active.length) this.line(node, active, lane, depth);
      if (begun.some((span) => this.differing.has(span))) node.dataset.differs = "×";
      if (active.some((span) => this.differing.has(span))) node.classList.add("differs");
      this.pieces.push({ start, end, node, text, spans: [...active] });
      this.words.append(node);
    }
    this.pieceOf = new Map(this.pieces.map((piece) => [piece.node, piece]));
  }

  line(node, spans, lane, depth) {
    const kept = spans.filter((span) => lane.get(span) < depth);
    node.classList.add("marked");
    node.style.backgroundImage = kept.map((span) => line(looksOf(span))).join(", ");
    node.style.backgroundPosition = kept
      .map((span) => `0 calc(100% - ${(depth - 1 - lane.get(span)) * LANE}px)`)
      .join(", ");
    node.style.backgroundSize = kept.map(() => `100% ${LANE - 1}px`).join(", ");
    node.style.backgroundRepeat = "no-repeat";
  }

  listen() {
    const at = (event) => this.pieceOf.get(event.target.closest?.(".piece"));
    const inner = (piece) => [...piece.spans].sort((one, other) => one.end - one.start - (other.end - other.start));
    this.words.addEventListener("mouseover", (event) => {
      const piece = at(event);
      if (piece?.spans.length) this.mark(inner(piece)[0], "hover");
    });
    this.words.addEventListener("mouseleave", () => {
      this.clear("hover");
      this.link(this.chosen);
    });
    this.words.addEventListener("click", (event) => {
      const piece = at(event);
      if (!piece?.spans.length || String(getSelection()).length) return;
      const spans = inner(piece);
      this.pick(spans[(spans.indexOf(this.chosen) + 1) % spans.length], spans, true);
    });
    this.root.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") {
        this.clear("on");
        this.chosen = null;
        this.link(null);
      }
      if (!step || !this.order.length || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      const now = this.order.indexOf(this.chosen);
      const next =
        now < 0 ? (step > 0 ? 0 : this.order.length - 1) : (now + step + this.order.length) % this.order.length;
      this.pick(this.order[next], null, true);
    });
  }

  pick(span, here = null, near = false) {
    this.chosen = span;
    this.clear("hover");
    this.mark(span, "on");
    this.scroll(span, near);
    const around = here ?? this.visible.filter((one) => one.start < span.end && span.start < one.end);
    this.choose?.(this, span, around);
  }

  scroll(span, near = false) {
    const first =
      this.pieces.find((piece) => piece.spans.includes(span)) ?? this.pieces.find((piece) => piece.end > span.start);
    first?.node.scrollIntoView({ block: near ? "nearest" : "center", inline: "nearest" });
  }

  within(span) {
    const parts = groupOf(this.version, span);
    return this.pieces.filter((piece) => parts.some((part) => part.start <= piece.start && piece.end <= part.end));
  }

  clear(name) {
    for (const piece of this.pieces) piece.node.classList.remove(name, name === "on" ? "linked" : "near");
  }

  mark(span, name) {
    this.clear(name);
    this.within(span).forEach((piece) => piece.node.classList.add(name));
    for (const { from, to } of linksOf(this.version, span)) {
      for (const other of [from, to]
        .map((id) => this.byId.get(id))
        .filter((one) => one && one !== span && (!one.group || one.group !== span.group))) {
        this.within(other).forEach((piece) => piece.node.classList.add(name === "on" ? "linked" : "near"));
      }
    }
    this.link(span);
  }

  // Curves between what is linked, from the first words of the one to those of the other.
  link(span) {
    this.arcs.replaceChildren();
    if (!span) return;
    const frame = this.root.getBoundingClientRect();
    const point = (id) => {
      const other = this.byId.get(id);
      const box = other && this.within(other)[0]?.node.getClientRects()[0];
      return box && [box.left - frame.left + Math.min(box.width / 2, 40), box.top - frame.top + 4];
    };
    const head = ([x, y]) => ` M${x - 4},${y - 7} L${x},${y} L${x + 4},${y - 7}`;
    for (const link of linksOf(this.version, span)) {
      const [one, other] = [point(link.from), point(link.to)];
      if (!one || !other) continue;
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      const top = Math.min(one[1], other[1]) - 22;
      const curve = `M${one[0]},${one[1]} C${one[0]},${top} ${other[0]},${top} ${other[0]},${other[1]}`;
      const heads = { right: [other], bi: [one, other] }[link.direction] ?? [];
      path.setAttribute("d", curve + heads.map(head).join(""));
      const name = document.createElementNS("http://www.w3.org/2000/svg", "text");
      name.setAttribute("x", (one[0] + other[0]) / 2);
      name.setAttribute("y", (Math.min(one[1], other[1]) + top) / 2 + 3);
      name.textContent = link.labels.join(", ");
      this.arcs.append(path, name);
    }
  }
}
