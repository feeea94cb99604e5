// The questionnaire: when a question is sent, what is said about it, keys. htmx does the sending. Nothing is kept outside this page.
(function () {
  'use strict';
  var list = document.getElementById('questions');
  if (!list) return;
  var fields = document.getElementById('answers'); // the form of all answers; a question holds other forms too
  var says = document.getElementById('says');
  var WAIT = 800, AGAIN = 5000;

  var edits = new Map();   // code -> count of edits not yet stored; the order is that of the first edit
  var sent = new Map();    // code -> that count when the request under way was sent
  var held = new Map();    // code -> why it is not sent again by itself: 'fault', 'conflict', 'locked', 'date', 'error'
  var timers = new Map();
  var offline = false, signedOut = false, freshened = false, again = null;

  function section(code) { return document.getElementById(code); }
  function sections() { return Array.prototype.slice.call(list.querySelectorAll('.q[data-code]')); }
  function codeOf(el) { var q = el && el.closest && el.closest('.q[data-code]'); return q ? q.dataset.code : null; }
  function isOurs(el) { return Boolean(el.name) && el.form === fields; }
  function isText(el) { return el.tagName === 'TEXTAREA' || (el.tagName === 'INPUT' && !/^(radio|checkbox|hidden|submit|button)$/.test(el.type)); }
  function counted(one, many, n) { return n === 1 ? says.dataset[one] : says.dataset[many].replace('#', n); }

  // ---------- what is said ----------
  var LOOKS = {
    saving: ['save', 'i-arrow-repeat spin'], saved: ['save save--ok', 'i-check-circle-fill'], offline: ['save save--warn', 'i-wifi-off'],
    failed: ['save save--bad', 'i-exclamation-triangle-fill'], session: ['save save--bad', 'i-lock-fill'], unsaved: ['save', 'i-circle']
  };
  function say(place, look, text) {
    if (!place) return;
    var key = look + text;
    if (place.dataset.said === key && place.querySelector('.save')) return;
    place.dataset.said = key;
    var out = document.createElement('span'), icon = document.createElement('span');
    out.className = LOOKS[look][0];
    icon.className = 'i ' + LOOKS[look][1];
    icon.setAttribute('aria-hidden', 'true');
    out.append(icon, text);
    place.replaceChildren(out);
    if (look === 'session' && place.id === 'page-save') {
      var link = document.createElement('a');
      link.href = says.dataset.signIn; link.target = '_blank'; link.rel = 'noopener';
      link.textContent = text;
      out.replaceChildren(icon, link);
      place.append(' ', says.dataset.sessionMore);
    }
    if (place.id === 'page-save' && (look === 'offline' || look === 'session' || (look === 'failed' && Array.from(held.values()).includes('error')))) {
      var button = document.createElement('button');
      button.type = 'button'; button.className = 'btn btn-quiet btn-sm'; button.dataset.again = ''; button.textContent = says.dataset.again;
      place.append(' ', button);
    }
  }
  function sayAt(code, look, text) { say(document.getElementById(code + '-save'), look, text || says.dataset[look]); }

  function paint() {
    var page = document.getElementById('page-save');
    var stuck = Array.from(held.keys()).filter(function (code) { return edits.has(code); }).length;
    if (signedOut) say(page, 'session', says.dataset.session);
    else if (offline && edits.size) say(page, 'offline', counted('offlineOne', 'offlineMany', edits.size));
    else if (sent.size) say(page, 'saving', says.dataset.saving);
    else if (stuck) say(page, 'failed', counted('failedOne', 'failedMany', stuck));
    faults();
    nextMark();
  }

  // fields that are wrong, and the summary on top with links to them
  function mark(code) {
    section(code).querySelectorAll('.q__err[data-for]').forEach(function (place) {
      var wrong = place.textContent.trim() !== '';
      var base = place.dataset.for;
      var control = document.getElementById(base);
      var group = document.getElementById(base + '_0');
      if (!control && group) control = group.closest('[role=radiogroup],fieldset');
      if (!control) return;
      if (wrong) control.setAttribute('aria-invalid', 'true'); else control.removeAttribute('aria-invalid');
      control.classList.toggle('is-invalid', wrong && isText(control));
    });
  }
  function faults() {
    var place = document.getElementById('faults');
    var bad = sections().filter(function (q) { return held.get(q.dataset.code) === 'fault'; });
    var key = bad.map(function (q) { return q.dataset.code + Array.from(q.querySelectorAll('.q__err')).map(function (e) { return e.textContent.trim(); }).join(''); }).join('|');
    if (place.dataset.key === key || (!bad.length && place.dataset.key === undefined)) return;
    place.dataset.key = key;
    place.replaceChildren();
    if (!bad.length) return;
    var note = document.createElement('div'), icon = document.createElement('span'), text = document.createElement('div'), head = document.createElement('b');
    note.className = 'note note--bad mb-3';
    icon.className = 'i i-exclamation-octagon-fill'; icon.setAttribute('aria-hidden', 'true');
    head.textContent = counted('faultsOne', 'faultsMany', bad.length);
    text.append(head);
    bad.forEach(function (q) {
      q.querySelectorAll('.q__err').forEach(function (e) {
        if (!e.textContent.trim()) return;
        var link = document.createElement('a');
        link.className = 'd-block'; link.href = '#' + q.dataset.code; link.dataset.go = e.dataset.for;
        link.textContent = q.dataset.code + ': ' + e.textContent.trim();
        text.append(link);
      });
    });
    note.append(icon, text);
    place.append(note);
  }
  function nextMark() {
    var link = document.getElementById('q-next');
    var code = link && link.dataset.next;
    sections().forEach(function (q) { q.classList.toggle('q--next', q.dataset.code === code && !q.classList.contains('q--bad')); });
  }

  // ---------- when it is sent ----------
  function touch(code) {
    edits.set(code, (edits.get(code) || 0) + 1);
    if (held.get(code) !== 'conflict') held.delete(code);
  }
  function later(code) { clearTimeout(timers.get(code)); timers.set(code, setTimeout(function () { save(code); }, WAIT)); }
  function save(code) {
    clearTimeout(timers.get(code)); timers.delete(code);
    if (!edits.has(code) || held.has(code)) return;
    var q = section(code);
    if (Array.from(q.querySelectorAll('input[type=date]')).some(function (i) { return i.validity.badInput; })) {
      sayAt(code, 'failed', says.dataset.date);
      return;
    }
    if (signedOut || (offline && sent.size)) { paint(); return; }
    htmx.trigger(q, 'answer:save');
  }
  function waiting() { return Array.from(edits.keys()).filter(function (code) { return !held.has(code); }); }
  function resend() {
    clearTimeout(again);
    if (signedOut || sent.size) return;
    var first = waiting()[0];
    if (first) save(first);
  }
  function tryLater() { clearTimeout(again); again = setTimeout(resend, AGAIN); }

  list.addEventListener('input', function (e) {
    var code = codeOf(e.target);
    if (!code || !isOurs(e.target)) return;
    if (e.target.classList.contains('q__never') && e.target.checked) other(e.target, 'input[type=date]', function (f) { f.value = ''; });
    if (e.target.type === 'date' && e.target.value) other(e.target, '.q__never', function (f) { f.checked = false; }, '.q__ans');
    touch(code);
    if (isText(e.target)) { sayAt(code, 'unsaved'); later(code); }
    count(e.target);
  });
  list.addEventListener('change', function (e) {
    var code = codeOf(e.target);
    if (!code || !isOurs(e.target)) return;
    if (!isText(e.target)) { if (!edits.has(code)) touch(code); save(code); }
    else if (e.target.type === 'date') { if (!edits.has(code)) touch(code); later(code); }
    else save(code);
  });
  list.addEventListener('focusout', function (e) { var code = codeOf(e.target); if (code && timers.has(code)) save(code); });
  function other(el, selector, change, within) {
    var part = el.closest('.q__ans');
    if (!part || (within && !el.closest(within))) return;
    part.querySelectorAll(selector).forEach(change);
  }
  function count(field) {
    var place = list.querySelector('[data-count="' + CSS.escape(field.id) + '"]');
    if (place) place.textContent = place.dataset.words.replace('#', field.value.length.toLocaleString('en'));
  }
  if (fields) fields.addEventListener('submit', function (e) {
    if (e.submitter && e.submitter.name === 'save') return;
    e.preventDefault(); // Enter in a field saves that question
    var code = codeOf(document.activeElement);
    if (code) save(code);
  });

  // ---------- what came back ----------
  document.body.addEventListener('htmx:beforeRequest', function (e) {
    var code = e.detail.elt.dataset.code;
    if (!code) return;
    sent.set(code, edits.get(code) || 0);
    sayAt(code, 'saving');
    paint();
  });
  document.body.addEventListener('htmx:beforeSwap', function (e) { e.detail.isError = false; }); // answered() says what it means
  document.body.addEventListener('htmx:oobBeforeSwap', function (e) {
    var at = document.activeElement;
    if (at && e.detail.target.contains(at) && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) e.detail.shouldSwap = false;
  });
  document.body.addEventListener('htmx:afterRequest', function (e) {
    var el = e.detail.requestConfig.elt, code = el.dataset.code, xhr = e.detail.xhr; // detail.elt is another one once it is swapped away
    if (el.dataset.take !== undefined) { taken(el, xhr); return; }
    if (!code) return;
    var was = sent.get(code);
    sent.delete(code);
    var status = xhr.status;
    if (status === 200 && xhr.responseURL && new URL(xhr.responseURL).pathname !== e.detail.pathInfo.requestPath) status = 401;
    if (status !== 0) offline = false;
    answered(code, status, was);
    paint();
    if (!offline && !signedOut && waiting().length && !timers.size) resend();
  });
  function answered(code, status, was) {
    var q = section(code);
    if (status === 200) {
      freshened = false;
      held.delete(code);
      if (edits.get(code) === was) edits.delete(code); else { sayAt(code, 'unsaved'); if (!timers.has(code)) later(code); }
      q.classList.remove('q--bad');
      mark(code);
    } else if (status === 422 || status === 409) {
      if (edits.get(code) === was) held.set(code, status === 422 ? 'fault' : 'conflict');
      else if (status === 409) held.set(code, 'conflict');
      q.classList.add('q--bad');
      mark(code);
    } else if (status === 0) {
      offline = true;
      sayAt(code, 'offline');
      tryLater();
    } else if (status === 401) {
      signedOut = true;
      sayAt(code, 'session');
    } else if (status === 403 && !freshened) {
      freshened = true; // somebody signed in elsewhere: the page's token is old
      sayAt(code, 'saving');
      freshen();
    } else {
      held.set(code, status === 403 || status === 404 ? 'locked' : 'error');
      sayAt(code, 'failed', status === 403 || status === 404 ? says.dataset.locked : says.dataset.failed);
    }
  }
  function taken(button, xhr) {
    if (xhr.status !== 200) return;
    var code = button.value;
    edits.delete(code); held.delete(code); clearTimeout(timers.get(code)); timers.delete(code);
    setTimeout(function () { section(code).focus({ preventScroll: true }); paint(); if (!edits.size) say(document.getElementById('page-save'), 'saved', says.dataset.saved); }, 50);
  }

  // a session that began anew has another token; this page asks for it and goes on
  function freshen() {
    fetch(list.dataset.page, { credentials: 'same-origin', redirect: 'manual' }).then(function (reply) {
      return reply.ok ? reply.text() : '';
    }).then(function (text) {
      var field = text && new DOMParser().parseFromString(text, 'text/html').querySelector('#answers input[name=csrfmiddlewaretoken]');
      if (!field) { if (!signedOut) { Array.from(edits.keys()).forEach(function (code) { held.set(code, 'locked'); sayAt(code, 'failed', says.dataset.locked); }); } paint(); return; }
      document.body.setAttribute('hx-headers', JSON.stringify({ 'X-CSRFToken': field.value }));
      document.querySelectorAll('input[name=csrfmiddlewaretoken]').forEach(function (old) { old.value = field.value; });
      signedOut = false;
      resend();
      paint();
    }).catch(function () { offline = true; paint(); tryLater(); });
  }

  document.addEventListener('click', function (e) {
    var el = e.target.closest('[data-keep]');
    if (el) {
      e.preventDefault();
      var code = codeOf(el);
      section(code).querySelector('[name="' + CSS.escape(code + '-version') + '"]').value = el.dataset.keep;
      held.delete(code);
      touch(code);
      section(code).focus({ preventScroll: true });
      save(code);
      return;
    }
    if (e.target.closest('[data-again]')) {
      held.forEach(function (why, code) { if (why !== 'conflict') held.delete(code); });
      if (signedOut) freshen(); else { offline = false; resend(); }
      return;
    }
    el = e.target.closest('[data-go]');
    if (el) {
      e.preventDefault();
      go(document.getElementById(codeFromHash(el.hash)), document.getElementById(el.dataset.go));
    }
    el = e.target.closest('#q-next[data-next]');
    if (el && section(el.dataset.next)) { e.preventDefault(); go(section(el.dataset.next)); }
  });
  function codeFromHash(hash) { return decodeURIComponent(hash.slice(1)); }

  window.addEventListener('online', function () { offline = false; resend(); });
  window.addEventListener('offline', function () { if (edits.size) { offline = true; paint(); } });
  window.addEventListener('focus', function () { if (signedOut) freshen(); });
  window.addEventListener('beforeunload', function (e) { if (edits.size) e.preventDefault(); });

  // ---------- keys ----------
  function go(q, field) {
    if (!q) return;
    q.scrollIntoView({ block: 'start' });
    var first = field || q.querySelector('.q__ans input:checked:not([type=hidden])') || Array.from(q.querySelectorAll('input:not([type=hidden]),select,textarea')).find(function (f) { return f.offsetParent !== null; });
    (first || q).focus({ preventScroll: true });
  }
  // a text field would take the next key as text, so its question has the focus and Tab leads into it
  function step(q) {
    var first = q && q.querySelector('.q__ans input:not([type=hidden]),.q__ans textarea');
    go(q, first && isText(first) ? q : null);
  }
  function here() {
    var all = sections(), code = codeOf(document.activeElement), at = all.findIndex(function (q) { return q.dataset.code === code; });
    if (at >= 0) return at;
    var top = (document.querySelector('.qbar') || list).getBoundingClientRect().bottom;
    at = all.findIndex(function (q) { return q.getBoundingClientRect().bottom > top + 40; });
    return at - 1;
  }
  function nextOpen() {
    var all = sections(), at = here();
    var open = all.filter(function (q, i) { var kept = document.getElementById(q.dataset.code + '-kept'); return i > at && kept && kept.dataset.done === '0'; });
    var link = document.getElementById('q-next');
    if (open.length) step(open[0]); else if (link) link.click();
  }
  function choose(number) {
    var q = sections()[codeOf(document.activeElement) ? here() : here() + 1];
    if (!q || q.dataset.kind !== 'maturity') return false;
    var radio = q.querySelector('.mat input[value="' + number + '"]');
    if (!radio || radio.disabled) return false;
    radio.focus({ preventScroll: true });
    if (!radio.checked) radio.click();
    return true;
  }
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || document.documentElement.dataset.shortcuts === 'off') return;
    var t = e.target;
    if (e.key === 'Escape' && isText(t) && codeOf(t)) { section(codeOf(t)).focus({ preventScroll: true }); return; }
    if (isText(t) || t.tagName === 'SELECT' || t.isContentEditable || document.querySelector('dialog[open]')) return;
    var key = e.key.toLowerCase(), all = sections(), done = true;
    if (key === 'n' && document.getElementById('q-next')) nextOpen();
    else if (key === 'j') step(all[Math.min(here() + 1, all.length - 1)]);
    else if (key === 'k') step(all[Math.max((codeOf(document.activeElement) ? here() : here() + 1) - 1, 0)]);
    else if (key === '[') done = follow('q-before');
    else if (key === ']') done = follow('q-after');
    else if (/^[0-5]$/.test(key)) done = choose(key);
    else if (key === '?' && t.tagName === 'INPUT') document.getElementById('keys').showModal();
    else done = false;
    if (done) e.preventDefault();
  });
  function follow(id) { var link = document.getElementById(id); if (link) link.click(); return Boolean(link); }
})();
