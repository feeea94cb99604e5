// Other weights, tried out on the page. The state is the weights, the locks and the profile; it lives in the address and is
// written nowhere else. ranking.js computes, this moves: sliders, fields, locks, profile, reset. standings.js and sure.js
// listen to "comparison:weights" and redraw what is theirs; "comparison:settled" comes after the last move.
(function () {
  'use strict';
  var source = document.getElementById('comparison-data');
  if (!source) return;
  var LAST_MOVE = 300; // milliseconds after which a move counts as the last one
  var R = VettingRanking, data = JSON.parse(source.textContent), words = data.words, own = words.whatif;
  var codes = data.basis.map(function (category) { return category.code; });
  var note = byId('whatif'), backs = all('[data-back]'), said = byId('whatif-said'), profile = byId('profile');
  var state = { weights: data.weights, locked: data.locked, tried: data.tried };
  var moving = null, waiting = null, request = null, unsaid = false;

  function byId(id) { return document.getElementById(id); }
  function all(selector, root) { return Array.from((root || document).querySelectorAll(selector)); }
  function fill(text, values) { return text.replace(/%%|%\((\w+)\)s/g, function (found, name) { return name ? values[name] : '%'; }); }
  function made(tag, properties) { return Object.assign(document.createElement(tag), properties); }

  // ---- the address ----

  // A weight without exponent and without zeros behind, as the server writes it.
  function weightText(weight) { return weight.toFixed(6).replace(/\.?0+$/, ''); }

  // Profile, weights and locks as they are now, in place of those of other parameters.
  function written(parameters) {
    var named = parameters.has('profile') || data.profile !== data.profiles[0].name;
    Array.from(new Set(parameters.keys())).forEach(function (name) {
      if (name.startsWith('w_') || name === 'lock' || name === 'profile') parameters.delete(name);
    });
    if (named) parameters.append('profile', data.profile);
    if (state.tried) codes.forEach(function (code) { parameters.append('w_' + code, weightText(state.weights[code])); });
    state.locked.forEach(function (code) { parameters.append('lock', code); });
    return parameters;
  }

  function writeAddress() {
    history.replaceState(history.state, '', location.pathname + '?' + written(new URLSearchParams(location.search)) + location.hash);
    follow();
  }

  // Links and posts that speak of what is on the screen.
  function follow() {
    all('[data-follows-address]').forEach(function (one) {
      var name = one.matches('form') ? 'action' : 'href';
      if (name === 'action' && one.method === 'get') return;
      one.setAttribute(name, (one.getAttribute(name) || location.pathname).split('?')[0] + location.search);
    });
    if (byId('keep')) {
      var all100 = R.whole(data, state.weights), total = Object.values(all100).reduce(function (sum, one) { return sum + one; }, 0) || 1;
      var wanted = new URLSearchParams(Object.keys(all100).map(function (code) { return ['w_' + code, (100 * all100[code] / total).toFixed(6)]; }));
      byId('keep').href = byId('keep').dataset.form + '?' + wanted;
      byId('keep-next').href = byId('keep').href + '&' + new URLSearchParams({ profile: data.profile });
    }
  }

  // ---- moving ----

  // One weight to a value, in percent; the others in the proportions that they had when this move began.
  function move(handle, to) {
    if (!moving || moving.code !== handle.code) moving = { code: handle.code, start: state.weights };
    var found = R.moved(moving.start, state.locked, handle.code, to, data.base);
    if (found) take(found);
    tell(handle, !found ? own.all_locked : to > found[handle.code] + 1e-6 && to <= 100 ? fill(own.too_much, { most: R.percent(found[handle.code]) }) : '');
    if (!found) drawHandles();
  }

  function take(weights) {
    state.tried = codes.some(function (code) { return Math.abs(weights[code] - data.base[code]) > 5e-7; });
    state.weights = state.tried ? weights : data.base;
    changed();
  }

  function changed() {
    unsaid = true;
    if (data.faulty) handles.forEach(function (handle) { tell(handle, ''); });
    data.faulty = false;
    all('[data-typed]').forEach(function (one) { one.remove(); }); // what the server said of the weights before
    draw();
    clearTimeout(waiting);
    waiting = setTimeout(settle, LAST_MOVE);
  }

  // After the last move: what is too dear, or too loud, for each step.
  function settle() {
    flush();
    waiting = null;
    drawHandles();
    document.dispatchEvent(new CustomEvent('comparison:settled'));
    load();
    var lead = byId('sure-lead');
    if (unsaid && lead) said.textContent = lead.textContent.trim();
    unsaid = false;
  }

  // Whatever leaves the page needs the address at once. The wait goes on: a slider let go of is clicked too.
  function flush() {
    if (waiting !== null) writeAddress();
  }

  function tell(handle, text) {
    handle.said.textContent = text;
    handle.field.classList.toggle('is-invalid', text === own.no_number);
    if (text === own.no_number) handle.field.setAttribute('aria-invalid', 'true'); else handle.field.removeAttribute('aria-invalid');
  }

  function reset() {
    moving = null;
    state.locked = [];
    typing = null;
    handles.forEach(function (handle) { tell(handle, ''); });
    take(data.base);
  }

  // A profile in place of the one on the page; one under which other categories count comes from the server.
  function apply(name) {
    var found = data.profiles.find(function (one) { return one.name === name; });
    data.profile = name;
    if (!found.base) {
      Object.assign(state, { tried: false, locked: [] });
      location.assign(location.pathname + '?' + written(new URLSearchParams(location.search)));
      return;
    }
    Object.assign(data, { base: found.base, part: found.part, outside: found.outside });
    reset();
    backs.concat(byId('reset')).forEach(function (button) { button.textContent = fill(own.back, { profile: name }); });
    if (byId('keep-next')) {
      byId('keep-next').textContent = fill(own.next, { profile: name });
      byId('keep-next').hidden = name === data.profiles[0].name;
    }
  }

  // ---- sliders, fields and locks ----

  var typing = null;
  var handles = all('[data-hand]').map(function (root) {
    return {
      code: root.dataset.hand, slider: root.querySelector('.rng'), field: root.querySelector('.form-control'), lock: root.querySelector('[name=lock]'),
      shown: root.querySelector('.hand__p'), was: root.querySelector('.hand__w'), said: root.querySelector('.hand__e')
    };
  });

  function handleOf(target) {
    var root = target.closest && target.closest('[data-hand]');
    return root && handles.find(function (handle) { return handle.code === root.dataset.hand; });
  }

  // Sliders share one scale: to 60, or to 100 once a weight is greater. It shrinks only after the last move.
  function endOfScale() {
    var greatest = Math.max.apply(null, codes.map(function (code) { return state.weights[code]; }));
    return greatest > data.ends[0] || (waiting !== null && Number(handles[0].slider.max) > data.ends[0]) ? data.ends[1] : data.ends[0];
  }

  function drawHandles() {
    var end = handles.length ? endOfScale() : 0;
    handles.forEach(function (handle) {
      var weight = state.weights[handle.code], base = data.base[handle.code], locked = state.locked.includes(handle.code);
      handle.slider.max = end;
      handle.slider.value = weight;
      handle.slider.disabled = locked;
      handle.slider.setAttribute('aria-valuetext', R.percent(weight));
      handle.lock.checked = locked;
      handle.field.readOnly = locked;
      if (typing !== handle) handle.field.value = R.trimmed(weight, 1);
      handle.shown.textContent = R.percent(weight);
      handle.was.textContent = state.tried && Math.abs(weight - base) > 5e-7 ? fill(own.was, { was: R.percent(base) }) : '';
    });
  }

  // What a typed text says: a number from 0 to 100 with a point or a comma, NaN for anything else.
  function numberOf(text) {
    var plain = text.trim().replace(',', '.');
    var number = /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
    return number <= 100 ? number : NaN;
  }

  document.addEventListener('input', function (e) {
    var handle = handleOf(e.target);
    if (!handle) return;
    if (e.target === handle.slider) move(handle, Math.round(Number(handle.slider.value)));
    if (e.target === handle.field) {
      var number = numberOf(handle.field.value);
      typing = handle;
      if (Number.isNaN(number)) tell(handle, handle.field.value.trim() ? own.no_number : ''); else move(handle, number);
    }
  });

  document.addEventListener('change', function (e) {
    var handle = handleOf(e.target);
    if (e.target === profile) apply(profile.value);
    if (handle && e.target === handle.lock) {
      moving = null;
      state.locked = codes.filter(function (code) { return code === handle.code ? handle.lock.checked : state.locked.includes(code); });
      drawHandles();
      writeAddress();
    }
  });

  // What is typed and wrong goes when the field is left, and the weight that counts is back.
  document.addEventListener('focusout', function (e) {
    var handle = handleOf(e.target);
    if (!handle || e.target !== handle.field) return;
    typing = null;
    tell(handle, '');
    drawHandles();
  });

  var STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
  document.addEventListener('keydown', function (e) {
    var handle = handleOf(e.target);
    if (!handle || e.ctrlKey || e.metaKey || e.altKey || e.target === handle.lock) return;
    var inField = e.target === handle.field, weight = state.weights[handle.code], to = weight + STEPS[e.key];
    if (inField && e.key === 'Enter') {
      e.preventDefault();
      typing = null;
      drawHandles();
      return;
    }
    if (!inField && e.key === 'Home') to = 0;
    if (!inField && e.key === 'End') to = Number(handle.slider.max);
    if (Number.isNaN(to) || (inField && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) || state.locked.includes(handle.code)) return;
    e.preventDefault();
    typing = null;
    move(handle, Math.min(Math.max(to, 0), 100));
  });

  // Everything that follows at once. The server drew the first state.
  function draw(first) {
    if (!first || !data.faulty) drawHandles();
    note.hidden = !state.tried;
    backs.forEach(function (button) { button.hidden = !state.tried; });
    document.dispatchEvent(new CustomEvent('comparison:weights', {
      detail: { weights: state.weights, tried: state.tried, order: R.order(data, state.weights), data: data, profile: data.profile, first: Boolean(first) }
    }));
  }

  // ---- what only the server computes ----

  var PARTS = ['acceptability', 'why'];

  function load() {
    var parts = PARTS.map(byId).filter(Boolean);
    if (request) request.abort();
    var mine = request = new AbortController();
    parts.forEach(function (part) { part.setAttribute('aria-busy', 'true'); });
    fetch(note.dataset.live + location.search, { signal: mine.signal, headers: { 'HX-Request': 'true' } }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (text) {
      var box = document.createElement('template');
      box.innerHTML = text;
      var fresh = parts.map(function (part) { return box.content.getElementById(part.id); });
      if (fresh.some(function (part) { return !part; })) throw new Error('parts are missing');
      parts.forEach(function (part, i) { part.replaceWith(fresh[i]); });
      document.dispatchEvent(new CustomEvent('comparison:live'));
    }).catch(function () {
      if (!mine.signal.aborted) parts.forEach(refused);
    });
  }

  // The old part stays, dimmed, and says that it is old.
  function refused(part) {
    part.removeAttribute('aria-busy');
    part.classList.add('is-stale');
    if (part.querySelector('.stale')) return;
    var line = made('p', { className: 'stale note note--warn' });
    var again = made('button', { type: 'button', className: 'btn btn-quiet btn-sm', textContent: own.again });
    again.addEventListener('click', load);
    line.append(made('span', { textContent: own.stale }), again);
    part.prepend(line);
  }

  // ---- what leaves the page ----

  document.addEventListener('click', function (e) {
    flush();
    if (!e.target.closest('#reset, [data-back]')) return;
    e.preventDefault();
    reset();
    (handles[0] ? handles[0].field : profile).focus({ preventScroll: true });
  }, true);
  document.addEventListener('submit', flush, true);
  addEventListener('pagehide', flush);
  document.addEventListener('comparison:address', follow);

  // A form that loads this page again takes along what is on the screen, not what it was drawn with.
  document.addEventListener('formdata', function (e) {
    if (!e.target.matches('#comparison, #why form, form[data-follows-address]') || e.target.method !== 'get') return;
    var now = written(new URLSearchParams());
    Array.from(new Set(e.formData.keys())).forEach(function (name) {
      if (name.startsWith('w_') || name === 'lock' || name === 'profile') e.formData.delete(name);
    });
    now.forEach(function (value, name) { e.formData.append(name, value); });
  });

  draw(true);
  follow();
})();
