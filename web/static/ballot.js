// The ballot page with a script: sums and limits while one chooses, and the ballot sealed in this browser, so that the
// server only ever sees an envelope. Written for old telephones (no modules, no newer syntax). Without it the page
// works all the same. What is sealed must be, byte for byte, what ballots/sealing.py would have sealed.
(function () {
  "use strict";

  var NUMBERED = { score: true, budget_points: true };

  /** A number with commas between the thousands. */
  function commas(number) {
    return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  }

  /** Satang as baht. */
  function baht(satang) {
    var rest = satang % 100;
    return commas((satang - rest) / 100) + (rest ? "." + ("0" + rest).slice(-2) : "");
  }

  function bytesOf(hex) {
    var out = new Uint8Array(hex.length / 2);
    for (var i = 0; i < out.length; i++) out[i] = parseInt(hex.substr(2 * i, 2), 16);
    return out;
  }

  function hexOf(bytes) {
    var out = "";
    for (var i = 0; i < bytes.length; i++) out += ("0" + bytes[i].toString(16)).slice(-2);
    return out;
  }

  /** ๐–๙ as 0–9. */
  function arabic(text) {
    return text.replace(/[๐-๙]/g, function (digit) {
      return String(digit.charCodeAt(0) - 0x0e50);
    });
  }

  /** The canonical text of a choice: sorted keys, no spaces. Ids are plain ASCII, so sorting by code units is Python's. */
  function canonical(rules, choice, mark, noise) {
    var said;
    if (NUMBERED[rules.kind]) {
      said = "{" + Object.keys(choice).sort().map(function (id) {
        return JSON.stringify(id) + ":" + choice[id];
      }).join(",") + "}";
    } else {
      said = JSON.stringify(rules.kind === "ranked" ? choice : choice.slice().sort());
    }
    return '{"choice":' + said + ',"mark":' + JSON.stringify(mark) + ',"poll":' + JSON.stringify(rules.poll) +
      ',"r":"' + noise + '","v":1}';
  }

  /** Padded to the poll's one size: 0x80, then zeros. All of it is ASCII. */
  function padded(text, size) {
    if (text.length >= size) throw new Error("larger than the poll's size");
    var out = new Uint8Array(size);
    for (var i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    out[text.length] = 0x80;
    return out;
  }

  /** The sealed ballot in hex. */
  function seal(rules, choice, mark) {
    var noise = hexOf(nacl.randomBytes(16));
    return hexOf(sealedBox.seal(padded(canonical(rules, choice, mark, noise), rules.size), bytesOf(rules.key)));
  }

  function canSeal() {
    try {
      return !!(window.nacl && window.sealedBox && window.Uint8Array && nacl.randomBytes(1).length === 1);
    } catch (none) {
      return false; // no source of randomness: the server seals
    }
  }

  // -- the page -------------------------------------------------------------------------------------------------------

  function each(list, does) {
    Array.prototype.forEach.call(list, does);
  }

  function Page(form) {
    this.form = form;
    this.rules = JSON.parse(form.getAttribute("data-seal"));
    this.said = JSON.parse(form.getAttribute("data-said"));
    this.options = form.querySelectorAll("[data-option]");
  }

  Page.prototype.say = function (name, value) {
    return this.said[name].replace("{}", value);
  };

  Page.prototype.cards = function () {
    var found = {};
    each(this.options, function (card) {
      found[card.getAttribute("data-option")] = card;
    });
    return found;
  };

  /** What is tapped now: {choice, mark} or {wrong: code}. */
  Page.prototype.read = function () {
    var mark = this.form.elements.mark ? arabic(this.form.elements.mark.value.trim()) : "";
    if (mark && !/^[0-9]{4}$/.test(mark)) return { wrong: "mark" };
    if (NUMBERED[this.rules.kind]) return this.readNumbers(mark);
    if (this.rules.kind === "ranked") return this.readRanks(mark);
    var choice = [];
    each(this.form.querySelectorAll("input[name=choice]"), function (box) {
      if (box.checked && box.value) choice.push(box.value);
    });
    return this.judge({ choice: choice, count: choice.length, mark: mark });
  };

  Page.prototype.readNumbers = function (mark) {
    var choice = {}, count = 0, total = 0, wrong = "", form = this.form;
    each(this.options, function (card) {
      var id = card.getAttribute("data-option"), field = form.elements["score_" + id];
      var picked = field.length ? form.querySelector('input[name="score_' + id + '"]:checked') : field;
      var text = picked ? arabic(picked.value.trim()) : "";
      if (!text) return;
      if (!/^[0-9]{1,6}$/.test(text)) wrong = "number";
      else if (Number(text)) {
        choice[id] = Number(text);
        count += 1;
        total += choice[id];
      }
    });
    return wrong ? { wrong: wrong } : this.judge({ choice: choice, count: count, total: total, mark: mark });
  };

  Page.prototype.readRanks = function (mark) {
    var places = {}, wrong = "", form = this.form;
    each(this.options, function (card) {
      var id = card.getAttribute("data-option"), place = form.elements["rank_" + id].value;
      if (!place) return;
      if (places[place]) wrong = "rank";
      places[place] = id;
    });
    if (wrong) return { wrong: wrong };
    var choice = Object.keys(places).map(Number).sort(function (a, b) { return a - b; }).map(function (place) {
      return places[place];
    });
    return this.judge({ choice: choice, count: choice.length, mark: mark });
  };

  /** The rules of ballots/choices.py, in its order. */
  Page.prototype.judge = function (read) {
    var rules = this.rules, least = rules.kind === "choose_one" ? 1 : rules.least;
    read.cost = this.cost(read.choice);
    if (!read.count) read.wrong = rules.blank ? "" : "blank";
    else if (read.count < least) read.wrong = "too_few";
    else if (rules.most && read.count > rules.most) read.wrong = "too_many";
    else if (NUMBERED[rules.kind] && this.tooHigh(read.choice)) read.wrong = "score_range";
    else if (NUMBERED[rules.kind] && rules.points && read.total > rules.points) read.wrong = "over_points";
    else if (rules.budget && read.cost > rules.budget) read.wrong = "over_budget";
    return read;
  };

  Page.prototype.tooHigh = function (choice) {
    var most = this.rules.score;
    return !!most && Object.keys(choice).some(function (id) { return choice[id] > most; });
  };

  Page.prototype.cost = function (choice) {
    var ids = NUMBERED[this.rules.kind] ? Object.keys(choice) : choice, cards = this.cards();
    return ids.reduce(function (sum, id) {
      return sum + Number(cards[id].getAttribute("data-cost"));
    }, 0);
  };

  /** Mark what is chosen, and say how much is left. */
  Page.prototype.sum = function () {
    var read = this.read(), chosen = read.choice || [], rules = this.rules;
    each(this.options, function (card) {
      var id = card.getAttribute("data-option");
      card.classList.toggle("chosen", NUMBERED[rules.kind] ? !!chosen[id] : chosen.indexOf(id) >= 0);
    });
    var line = document.getElementById("sum"), told = read.choice ? this.told(read) : "";
    line.textContent = told;
    line.hidden = !told;
    line.classList.toggle("over", !!read.wrong && !!read.count);
  };

  Page.prototype.told = function (read) {
    var rules = this.rules, words = [];
    if (rules.kind === "choose_one") return "";
    if (rules.points) {
      words.push(read.total > rules.points ? this.say("points_over", read.total - rules.points)
        : this.say("points_left", rules.points - read.total));
    } else {
      words.push(this.say("chosen", read.count));
    }
    if (rules.budget) {
      words.push(read.cost > rules.budget ? this.say("money_over", baht(read.cost - rules.budget))
        : this.say("money_left", baht(rules.budget - read.cost)));
    } else if (read.cost && !rules.points) {
      words.push(this.say("money_used", baht(read.cost)));
    }
    return words.join(" · ");
  };

  Page.prototype.complain = function (code) {
    document.getElementById("wrong-words").textContent = this.said[code] || "";
    var box = document.getElementById("wrong");
    box.hidden = !code;
    if (code) box.focus();
  };

  // -- points and places with buttons ---------------------------------------------------------------------------------

  function button(words, label, does) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "step";
    made.textContent = words;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", does);
    return made;
  }

  Page.prototype.pointButtons = function () {
    var page = this;
    each(this.form.querySelectorAll(".points"), function (line) {
      var field = line.querySelector("input"), name = line.querySelector("label").textContent;
      function add(by) {
        var now = Number(arabic(field.value)) || 0;
        field.value = String(Math.max(0, now + by));
        page.sum();
      }
      line.insertBefore(button("−", "− " + name, function () { add(-1); }), field);
      line.appendChild(button("+", "+ " + name, function () { add(1); }));
    });
  };

  /** Ranking by tapping: the first tap is no. 1. The lists of places stay, and hold the truth. */
  Page.prototype.rankButtons = function () {
    var page = this;
    each(this.options, function (card) {
      var id = card.getAttribute("data-option"), line = card.querySelector(".rank"), list = line.querySelector("select");
      var name = document.getElementById("name-" + id).textContent;
      list.hidden = true;
      line.querySelector("label").hidden = true;
      var tap = button("", "", function () { page.toggle(id); });
      tap.className = "step wide";
      var up = button("↑", page.said.up + " " + name, function () { page.shift(id, -1); });
      var down = button("↓", page.said.down + " " + name, function () { page.shift(id, 1); });
      line.appendChild(tap);
      line.appendChild(up);
      line.appendChild(down);
      card.rank = { list: list, tap: tap, up: up, down: down, name: name };
    });
    this.showRanks();
  };

  Page.prototype.ranked = function () {
    return this.read().choice || [];
  };

  Page.prototype.toggle = function (id) {
    var now = this.ranked(), at = now.indexOf(id);
    if (at >= 0) now.splice(at, 1);
    else now.push(id);
    this.put(now);
  };

  Page.prototype.shift = function (id, by) {
    var now = this.ranked(), at = now.indexOf(id), to = at + by;
    if (at < 0 || to < 0 || to >= now.length) return;
    now[at] = now[to];
    now[to] = id;
    this.put(now);
  };

  Page.prototype.put = function (order) {
    var most = this.rules.most || this.options.length;
    this.complain(order.length > most ? "too_many" : "");
    if (order.length > most) return;
    each(this.options, function (card) {
      var place = order.indexOf(card.getAttribute("data-option")) + 1;
      card.rank.list.value = place ? String(place) : "";
    });
    this.showRanks();
    this.sum();
  };

  Page.prototype.showRanks = function () {
    var now = this.ranked(), page = this;
    each(this.options, function (card) {
      var place = now.indexOf(card.getAttribute("data-option")) + 1, rank = card.rank;
      rank.tap.textContent = place ? "✓ " + page.say("place", place) : page.say("rank_as", now.length + 1);
      rank.tap.setAttribute("aria-label", rank.tap.textContent + " " + rank.name);
      rank.tap.setAttribute("aria-pressed", place ? "true" : "false");
      rank.up.hidden = rank.down.hidden = !place;
      rank.up.disabled = place === 1;
      rank.down.disabled = place === now.length;
    });
  };

  // -- review and seal ------------------------------------------------------------------------------------------------

  Page.prototype.look = function (read) {
    var list = document.getElementById("look-list"), rules = this.rules, cards = this.cards(), page = this;
    var ids = NUMBERED[rules.kind] ? Object.keys(read.choice).sort(function (a, b) {
      return read.choice[b] - read.choice[a];
    }) : read.choice;
    list.textContent = "";
    ids.forEach(function (id, place) {
      var item = document.createElement("li"), card = cards[id];
      item.textContent = card.querySelector(".words strong").textContent;
      var cost = card.querySelector(".cost");
      if (NUMBERED[rules.kind]) item.textContent += " – " + read.choice[id];
      else if (rules.kind === "ranked") item.textContent += " – " + page.say("place", place + 1);
      else if (cost) item.textContent += " – " + cost.textContent;
      list.appendChild(item);
    });
    if (!ids.length) {
      var none = document.createElement("li");
      none.textContent = this.said.nothing;
      list.appendChild(none);
    }
    this.swap(true);
  };

  Page.prototype.swap = function (looking) {
    var look = document.getElementById("look"), main = document.getElementById("main");
    each(main.children, function (part) {
      if (part.tagName === "H1" || part.className === "label" || part.id === "wrong") return;
      part.hidden = (part === look) !== looking;
    });
    window.scrollTo(0, 0);
    (looking ? look : this.form.querySelector(".big")).focus();
  };

  Page.prototype.begin = function () {
    var page = this, looked = null, cast = document.getElementById("cast");
    this.pointButtons();
    if (this.rules.kind === "ranked") this.rankButtons();
    this.form.addEventListener("input", function () { page.sum(); });
    this.form.addEventListener("change", function () { page.sum(); });
    this.sum();
    if (!canSeal()) return;
    this.form.addEventListener("submit", function (event) {
      event.preventDefault();
      var read = page.read();
      page.complain(read.wrong || "");
      if (read.wrong) return;
      looked = read;
      page.look(read);
    });
    document.getElementById("back").addEventListener("click", function () { page.swap(false); });
    cast.addEventListener("submit", function (event) {
      if (!looked || cast.getAttribute("data-sent")) return event.preventDefault();
      cast.setAttribute("data-sent", "yes");
      var envelope = seal(page.rules, looked.choice, looked.mark);
      cast.elements.sealed.value = envelope;
      remember(page.rules.area, envelope);
      page.form.reset(); // the choice is in the envelope now, and nowhere else
      looked = null;
    });
  };

  // -- the receipt: does it fit what this browser has sent? -----------------------------------------------------------

  var KEPT = "songsiang.ballot";

  function remember(area, envelope) {
    try {
      sessionStorage.setItem(KEPT, area + " " + envelope);
    } catch (full) {
      return; // a browser that keeps nothing: the receipt is shown unchecked
    }
  }

  function checkReceipt(shown) {
    var kept = null;
    try {
      kept = sessionStorage.getItem(KEPT);
      sessionStorage.removeItem(KEPT);
    } catch (none) {
      return;
    }
    if (!kept || !window.crypto || !crypto.subtle) return;
    var area = kept.split(" ")[0], sealed = bytesOf(kept.split(" ")[1]), all = new Uint8Array(area.length + sealed.length);
    for (var i = 0; i < area.length; i++) all[i] = area.charCodeAt(i);
    all.set(sealed, area.length);
    crypto.subtle.digest("SHA-256", all).then(function (digest) {
      var same = hexOf(new Uint8Array(digest)) === shown.getAttribute("data-hash") && receiptOf(digest) === shown.textContent;
      document.getElementById(same ? "same" : "other").hidden = false;
    });
  }

  /** The first 60 bits in Crockford's base32, as ballots/sealing.py writes them. */
  function receiptOf(digest) {
    var bytes = new Uint8Array(digest), bits = "", letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", out = "";
    for (var i = 0; i < 8; i++) bits += ("0000000" + bytes[i].toString(2)).slice(-8);
    for (var at = 0; at < 60; at += 5) out += letters[parseInt(bits.substr(at, 5), 2)];
    return out.slice(0, 4) + "-" + out.slice(4, 8) + "-" + out.slice(8);
  }

  var form = document.getElementById("ballot"), receipt = document.getElementById("receipt");
  if (form) {
    var page = new Page(form);
    window.songsiang = { canonical: canonical, padded: padded, seal: seal };
    page.begin();
  }
  if (receipt) checkReceipt(receipt);
})();
