"use strict";
(function () {
  const root = document.documentElement;

  /* ---- light and dark ---- */
  const button = document.getElementById("theme");
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  }
  function showTheme() {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", "Use " + (isDark() ? "light" : "dark") + " colours");
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();

  /* ---- tables ---- */
  const PAGE = 50, MORE = 200;
  const order = new Intl.Collator("en", { numeric: true });
  const tables = new Map();

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function group(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function List(table) {
    const list = this;
    this.table = table;
    this.body = table.tBodies[0];
    this.rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
    for (const rest of table.querySelectorAll(".rest")) rest.remove();
    this.heads = Array.from(table.tHead.rows[0].cells);
    this.filters = new Map();
    this.text = "";
    this.limit = PAGE;
    this.box = table.parentNode.querySelector(".filters");
    this.words = [table.dataset.one, table.dataset.many];
    this.hidden = (table.dataset.hide || "").split(",").filter(Boolean).map((one) => one.split("="));
    this.titles = this.heads.map((head) => head.textContent);
    this.state = make("div", "", "state");
    this.pager = make("div", "", "pager");
    table.before(this.state);
    table.after(this.pager);
    const sentence = table.parentNode.querySelector(".sentence");
    if (sentence) sentence.remove();
    this.hint = sentence ? sentence.textContent : "";
    this.heads.forEach(function (head, column) {
      if (head.dataset.sort !== undefined) list.makeSortable(head, column);
    });
    this.body.addEventListener("click", function (event) {
      if (!event.target.closest("a") && !window.getSelection().toString()) {
        list.toggle(event.target.closest("tr"));
      }
    });
    this.body.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target.tagName === "TR") list.toggle(event.target);
    });
    if (this.box) this.makeFilters();
    this.show();
    table.classList.add("ready");
  }

  List.prototype.makeSortable = function (head, column) {
    const list = this, sort = make("button");
    sort.type = "button";
    sort.append(...head.childNodes);
    head.append(sort);
    sort.addEventListener("click", function () {
      const number = head.dataset.sort === "n";
      const was = head.getAttribute("aria-sort");
      const up = was ? was === "descending" : !number;
      list.heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      list.sort(column, number, up);
    });
  };

  List.prototype.sort = function (column, number, up) {
    const keys = new Map(), sign = up ? 1 : -1;
    for (const row of this.rows) {
      const cell = row.cells[column];
      keys.set(row, number ? Number(cell.dataset.v) : cell.textContent);
    }
    this.rows.sort(function (a, b) {
      const x = keys.get(a), y = keys.get(b);
      return sign * (number ? x - y : order.compare(x, y));
    });
    this.show();
  };

  List.prototype.makeFilters = function () {
    const list = this, input = this.box.querySelector("input");
    this.box.hidden = false;
    this.box.addEventListener("click", function (event) {
      const pressed = event.target.closest("button");
      if (pressed) list.flip(pressed.dataset.set);
    });
    input.addEventListener("input", function () {
      list.text = input.value.trim().toLowerCase();
      list.limit = PAGE;
      list.show();
    });
    this.input = input;
  };

  /* A filter is KEY=VALUE: of one key any, of several keys all. */
  List.prototype.flip = function (filter) {
    if (this.filters.has(filter)) this.filters.delete(filter);
    else this.filters.set(filter, true);
    this.limit = PAGE;
    this.show();
  };

  List.prototype.only = function (filters) {
    this.clear();
    for (const filter of filters) this.filters.set(filter, true);
    this.show();
  };

  List.prototype.clear = function () {
    this.filters.clear();
    this.text = "";
    if (this.input) this.input.value = "";
    this.limit = PAGE;
  };

  List.prototype.matching = function () {
    const keys = new Map(), list = this;
    for (const filter of this.filters.keys()) {
      const [key, value] = filter.split("=");
      if (!keys.has(key)) keys.set(key, new Set());
      keys.get(key).add(value);
    }
    const hidden = this.hidden.filter(([key]) => !keys.has(key));
    return this.rows.filter(function (row) {
      for (const [key, value] of hidden) if (row.dataset[key] === value) return false;
      for (const [key, values] of keys) if (!values.has(row.dataset[key])) return false;
      return !list.text || row.textContent.toLowerCase().includes(list.text);
    });
  };

  List.prototype.show = function () {
    const found = this.matching(), list = this;
    const shown = found.slice(0, this.limit);
    for (const row of shown) this.prepare(row);
    this.body.replaceChildren(...shown);
    this.showState(found.length);
    this.showPager(found.length, shown.length);
    if (!this.box) return;
    for (const one of this.box.querySelectorAll("button")) {
      one.setAttribute("aria-pressed", String(list.filters.has(one.dataset.set)));
    }
  };

  /* What a row needs before it is first seen. */
  List.prototype.prepare = function (row) {
    if (row.dataset.ready) return;
    row.dataset.ready = "1";
    if (row.querySelector(".why")) {
      row.classList.add("can");
      row.tabIndex = 0;
    }
    for (let i = 1; i < row.cells.length; i++) {
      const cell = row.cells[i];
      cell.dataset.t = this.titles[i];
      if (cell.dataset.b) {
        const bar = make("span", "", "bar");
        bar.append(make("span"));
        bar.firstChild.style.width = cell.dataset.b + "%";
        cell.prepend(bar);
      }
    }
  };

  List.prototype.toggle = function (row) {
    if (!row || !row.classList.contains("can")) return;
    const next = row.nextElementSibling;
    if (next && next.classList.contains("more")) {
      next.remove();
      return;
    }
    const more = make("tr", "", "more"), cell = make("td");
    cell.colSpan = this.heads.length;
    cell.append(...Array.from(row.querySelector(".why").childNodes, (node) => node.cloneNode(true)));
    more.append(cell);
    row.after(more);
  };

  List.prototype.showState = function (count) {
    const list = this;
    this.state.replaceChildren();
    this.state.append(make("span", group(count) + " " + this.words[count === 1 ? 0 : 1] +
      (this.filters.size || this.text ? ":" : "")));
    const words = function (filter) {
      const one = list.box && list.box.querySelector('button[data-set="' + filter + '"] span');
      return one ? one.textContent : filter;
    };
    const filters = Array.from(this.filters.keys()).sort((a, b) => order.compare(b, a));
    filters.forEach(function (filter, i) {
      if (i > 0) {
        const same = filters[i - 1].split("=")[0] === filter.split("=")[0];
        list.state.append(make("span", same ? "or" : "and"));
      }
      const out = make("button", words(filter), "out");
      out.type = "button";
      out.setAttribute("aria-label", "Remove the filter " + words(filter));
      out.addEventListener("click", () => list.flip(filter));
      list.state.append(out);
    });
    if (this.text) {
      const out = make("button", "found by “" + this.text + "”", "out");
      out.type = "button";
      out.addEventListener("click", function () {
        list.input.value = list.text = "";
        list.show();
      });
      this.state.append(out);
    }
    if (!this.filters.size && !this.text && this.hint) this.state.append(make("span", "· " + this.hint));
    const tools = make("span", "", "tools"), dense = make("button", this.table.classList.contains("dense") ? "Airy" : "Dense");
    dense.type = "button";
    dense.addEventListener("click", function () {
      list.table.classList.toggle("dense");
      list.show();
    });
    tools.append(dense);
    this.state.append(tools);
  };

  List.prototype.showPager = function (count, shown) {
    const list = this;
    this.pager.replaceChildren();
    if (count === 0) {
      this.pager.append(make("span", "None of the " + group(this.rows.length) + " matches."));
      const all = make("button", "Show all");
      all.addEventListener("click", function () { list.clear(); list.show(); });
      this.pager.append(all);
      return;
    }
    if (shown === count) return;
    this.pager.append(make("span", "The first " + group(shown) + " of " + group(count)));
    const more = make("button", "Show " + group(Math.min(MORE, count - shown)) + " more");
    more.type = "button";
    more.addEventListener("click", function () {
      list.limit += MORE;
      list.show();
    });
    this.pager.append(more);
  };

  for (const table of document.querySelectorAll("table.list")) {
    tables.set(table.closest("section").id, new List(table));
  }

  /* On paper the first rows stand for the rest. */
  window.addEventListener("beforeprint", function () {
    for (const list of tables.values()) {
      list.before = list.limit;
      if (list.limit === PAGE) list.limit = Number(list.table.dataset.print || PAGE);
      list.show();
    }
  });
  window.addEventListener("afterprint", function () {
    for (const list of tables.values()) {
      list.limit = list.before;
      list.show();
    }
  });

  /* A card or label shows the rows that it counts. */
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href^='#']");
    const list = link && tables.get(link.getAttribute("href").slice(1));
    if (list && link.dataset.only) list.only(link.dataset.only.split(","));
  });
})();
