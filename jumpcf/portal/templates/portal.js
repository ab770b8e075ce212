
(function () {
  "use strict";
  var root = document.documentElement;

  function kept(key, value) {
    try {
      if (value === undefined) return localStorage.getItem("jumpcf-kit-" + key);
      localStorage.setItem("jumpcf-kit-" + key, value);
    } catch (refused) { /* a browser that keeps nothing for files */ }
    return null;
  }

  function preferred() {
    var found = [kept("language")].concat(navigator.languages || [navigator.language]);
    for (var one of found) {
      var word = String(one || "").toLowerCase().split("-")[0];
      if (word === "ja" || word === "en") return word;
    }
    return "en";
  }

  function speak(language) {
    root.lang = language;
    root.className = language;
    document.querySelectorAll("button[data-language]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    });
  }

  function both(node, ja, en) {
    node.querySelector("[lang=ja]").textContent = ja;
    node.querySelector("[lang=en]").textContent = en;
  }

  function normal(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  function countdown() {
    var left = document.getElementById("left");
    var days = Math.ceil((Date.parse(document.getElementById("ends").dateTime) - Date.now()) / 864e5);
    if (days <= 0) {
      document.querySelector(".ended").hidden = false;
      return;
    }
    both(left, "あと" + days + "日", days + (days === 1 ? " day left" : " days left"));
    left.classList.toggle("soon", days <= 30);
    left.hidden = false;
  }

  function read() {
    var groups = [];
    document.querySelectorAll(".org").forEach(function (section) {
      var table = section.querySelector("table");
      var units = Array.from(table.tBodies, function (body) {
        var above = table.dataset.words + " " + body.dataset.words + " ";
        var rows = Array.from(body.querySelectorAll(".account"), function (row) {
          var words = [above, row.dataset.words];
          row.querySelectorAll("a").forEach(function (link) {
            words.push(link.dataset.words, link.textContent);
          });
          return { node: row, text: normal(words.join(" ")) };
        });
        return { node: body, rows: rows };
      });
      groups.push({ node: section, units: units });
    });
    return groups;
  }

  function show(node, yes) {
    if (node.hidden === yes) node.hidden = !yes;
    return yes;
  }

  function search() {
    var box = document.getElementById("q");
    if (!box) return;
    var groups = read();
    var count = document.getElementById("count");
    var none = document.getElementById("none");
    var all = document.querySelectorAll(".account").length;
    ["ja", "en"].forEach(function (language) {
      count.appendChild(document.createElement("span")).lang = language;
    });
    function filter() {
      var words = normal(box.value).split(/\s+/).filter(Boolean);
      var found = 0;
      groups.forEach(function (group) {
        var here = 0;
        group.units.forEach(function (unit) {
          var hits = 0;
          unit.rows.forEach(function (row) {
            if (show(row.node, words.every(function (word) { return row.text.includes(word); }))) hits += 1;
          });
          show(unit.node, hits > 0);
          here += hits;
        });
        show(group.node, here > 0);
        found += here;
      });
      show(none, found === 0);
      both(count, all + "件中" + found + "件", found + " of " + all);
    }
    box.addEventListener("input", filter);
    document.querySelector(".find").hidden = false;
    filter();
  }

  function start() {
    var first = document.getElementById("first");
    document.querySelector(".switch").hidden = false;
    document.querySelectorAll("button[data-language]").forEach(function (button) {
      button.addEventListener("click", function () {
        kept("language", button.dataset.language);
        speak(button.dataset.language);
      });
    });
    speak(root.lang);
    countdown();
    search();
    if (kept("first") === "closed") first.open = false;
    first.addEventListener("toggle", function () { kept("first", first.open ? "open" : "closed"); });
    window.addEventListener("beforeprint", function () {
      document.querySelectorAll("details").forEach(function (one) { one.open = true; });
    });
  }

  speak(preferred());
  document.addEventListener("DOMContentLoaded", start);
})();
