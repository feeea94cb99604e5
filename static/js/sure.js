// How sure the order is, said and drawn again while somebody moves weights. Everything stands on the page already, from the
// server; this says the same with other weights. Sentences are those of scorecards/comparison/phrases.py, filled in alike;
// the chart follows scorecards/comparison/lines.py. What needs draws comes from the server, in #acceptability.
var VettingSure = (function () {
  'use strict';
  var R = window.VettingRanking, SURE = 0.7, CLOSE = 1;
  var TOP = 36, PLOT = 252, GAP = 17, NEAR = 9, STEPS = [1, 2, 5, 10, 20], MOST = 6;

  // ---- texts: phrases.py ----

  function fill(template, values) { return template.replace(/%\((\w+)\)s/g, function (all, name) { return values[name]; }); }
  function trimmed(x, places) { var text = R.shown(x, places); return text.includes('.') ? text.replace(/\.?0+$/, '') : text; }
  function percent(x, places) { return trimmed(x, places || 1) + '%'; }
  function listed(words, names) { return names.length < 2 ? names.join('') : fill(words.list_and, { some: names.slice(0, -1).join(', '), last: names[names.length - 1] }); }
  function placeText(words, place) { return fill(words[place < 4 ? 'place_' + place : 'place_n'], { place: place }); }
  function firstPlaces(test) { return [1, 2, 3].find(test) || 3; }

  function flipTexts(flip) {
    var places = firstPlaces(function (n) { return percent(flip.weight, n) !== percent(flip.at, n); });
    return { now: percent(flip.weight, places), at: percent(flip.at, places) };
  }
  function pointsPlaces(x) { return firstPlaces(function (n) { return R.rounded(x, n) !== 0; }); }
  function pointsText(x) { return (x > 0 ? '+' : '') + R.shown(x, pointsPlaces(x)); }

  function shareText(words, share, places) {
    var x = 100 * share, text = R.shown(x, places), least = Math.pow(10, -places);
    if (x <= 1e-10) return '0%';
    if (x >= 100 - 1e-10) return '100%';
    if (text === R.shown(100, places)) return fill(words.share_over, { share: R.shown(100 - least, places) + '%' });
    if (text === R.shown(0, places)) return fill(words.share_under, { share: R.shown(least, places) + '%' });
    return text + '%';
  }

  // ---- sentences: words.py, sure/sentences.py ----

  function nameOf(data, key) { return R.vendorOf(data, key).name; }
  function categoryOf(data, code) { return data.basis.find(function (one) { return one.code === code; }).name; }
  function at(order, rank) { return order.filter(function (one) { return one.rank === rank; }); }
  function names(data, standings) { return standings.map(function (one) { return nameOf(data, one.key); }); }

  function leadText(words, data, order) {
    var first = at(order, 1);
    if (!first.length) return words.lead_none;
    var known = { first: listed(words, names(data, first)), score: R.shown(first[0].score, 1) };
    if (first.length > 1) return fill(words.lead_shared, known);
    var second = at(order, 2);
    if (!second.length) return fill(words.lead_alone, known);
    var lead = R.rounded(R.rounded(first[0].score, 1) - R.rounded(second[0].score, 1), 1);
    known.second = listed(words, names(data, second));
    known.lead = R.shown(lead, 1);
    return fill(lead > 0 ? words.lead_by : words.lead_hair, known);
  }

  function tiesText(words, data, order) {
    return order.map(function (one) { return one.rank; }).filter(function (rank, i, all) { return rank > 1 && all.indexOf(rank) === i && at(order, rank).length > 1; })
      .map(function (rank) { return fill(words.place_shared, { names: listed(words, names(data, at(order, rank))), place: rank, score: R.shown(at(order, rank)[0].score, 1) }); }).join(' ');
  }

  // The single leader against each of the others: [{key, d}].
  function rivals(data, order) {
    if (at(order, 1).length !== 1) return [];
    return order.slice(1).map(function (other) { return { key: other.key, d: R.differences(data, order[0].key, other.key) }; });
  }

  function turnText(words, data, order, others, turns) {
    if (!others.length) return '';
    if (others.every(function (one) { return R.isRobust(one.d); })) return words.turn_never;
    var least = null;
    Object.values(turns).forEach(function (turn) { if (!least || Math.abs(turn.flip.change) < Math.abs(least.flip.change) - R.TIE) least = turn; });
    if (!least) return words.turn_none;
    return fill(least.flip.change > 0 ? words.turn_rises : words.turn_falls, Object.assign(flipTexts(least.flip), {
      second: nameOf(data, least.key), first: nameOf(data, order[0].key), category: categoryOf(data, least.flip.code)
    }));
  }

  function moveText(words, data, weights, others) {
    var least = null;
    others.forEach(function (one) {
      var transfer = R.leastTransfer(weights, one.d);
      if (transfer && (!least || transfer.total < least.transfer.total - R.TIE)) least = { transfer: transfer, key: one.key };
    });
    if (!least) return '';
    var donors = least.transfer.donors.map(function (donor) { return { name: categoryOf(data, donor.code), points: R.rounded(donor.points, pointsPlaces(donor.points)) }; });
    var places = Math.max.apply(null, donors.map(function (donor) { return (trimmed(donor.points, 3).split('.')[1] || '').length; })) || 1;
    var known = {
      points: R.shown(donors.reduce(function (sum, donor) { return sum + donor.points; }, 0), places),
      category: categoryOf(data, least.transfer.to), second: nameOf(data, least.key), donor: donors[0].name
    };
    if (donors.length === 1) return fill(words.move_one, known);
    known.donors = listed(words, donors.map(function (donor) { return fill(words.move_part, { points: trimmed(donor.points, 3), donor: donor.name }); }));
    return fill(words.move_many, known);
  }

  // `drawn` is {first, share} of the last draws, or null while they are of other weights.
  function closeText(words, data, order, drawn) {
    if (at(order, 1).length !== 1 || order.length < 2) return '';
    var isSmall = order[0].score - order[1].score < CLOSE - R.TIE;
    if (!drawn || drawn.first !== order[0].key || drawn.share >= SURE) return isSmall ? words.close_lead : '';
    return fill(isSmall ? words.close_both : words.close_draws, { first: nameOf(data, order[0].key), share: shareText(words, drawn.share, 0) });
  }

  function shareSentence(words, data, order) {
    if (order.length < 2) return '';
    var share = R.winningShare(R.differences(data, order[0].key, order[1].key));
    var known = { first: nameOf(data, order[0].key), second: nameOf(data, order[1].key) };
    if (share === null) return fill(words.share_tie, known);
    return fill(words.share, Object.assign(known, { share: shareText(words, share, 1) }));
  }

  function sentences(words, data, weights, drawn) {
    var order = R.order(data, weights), others = rivals(data, order), turns = R.turns(data, weights);
    return {
      lead: leadText(words, data, order), turn: turnText(words, data, order, others, turns), move: moveText(words, data, weights, others),
      close: closeText(words, data, order, drawn), share: shareSentence(words, data, order), ties: tiesText(words, data, order)
    };
  }

  // ---- the chart: lines.py ----

  function scoreAt(line, weight) { return line[0] + (line[1] - line[0]) * weight / 100; }
  function same(a, b) { return Math.abs(a[0] - b[0]) < R.TIE && Math.abs(a[1] - b[1]) < R.TIE; }

  // Who is first, from weight 0 to 100: [{keys, start, end}].
  function stretches(lines) {
    var keys = Object.keys(lines), found = [], start = 0;
    var top = keys.reduce(function (best, key) {
      var more = lines[key][0] - lines[best][0];
      return more > R.TIE || (Math.abs(more) <= R.TIE && lines[key][1] > lines[best][1] + R.TIE) ? key : best;
    });
    while (top) {
      var next = null, line = lines[top];
      keys.forEach(function (key) {
        var gain = lines[key][1] - lines[key][0] - (line[1] - line[0]);
        if (gain <= R.TIE) return;
        var x = 100 * (line[0] - lines[key][0]) / gain;
        if (x <= start + R.TIE || x >= 100 - R.TIE) return;
        if (!next || x < next.x - R.TIE || (x < next.x + R.TIE && gain > next.gain)) next = { x: x, gain: gain, key: key };
      });
      found.push({ keys: keys.filter(function (key) { return same(lines[key], line); }), start: start, end: next ? next.x : 100 });
      if (!next) break;
      start = next.x;
      top = next.key;
    }
    return found;
  }

  function scaleOf(lines) {
    var ends = Object.values(lines).flat(), least = Math.min.apply(null, ends), most = Math.max.apply(null, ends), scale = null;
    STEPS.some(function (step) {
      var low = Math.floor(least / step + R.TIE) * step, high = Math.ceil(most / step - R.TIE) * step;
      if (low === high) { if (high) low -= step; else high += step; }
      scale = { low: low, high: high, step: step };
      return (high - low) / step <= MOST;
    });
    scale.y = function (score) { return TOP + PLOT * (scale.high - score) / (scale.high - scale.low); };
    return scale;
  }

  function spread(heights) {
    var order = heights.map(function (_, i) { return i; }).sort(function (a, b) { return heights[a] - heights[b]; });
    var moved = order.map(function (i) { return heights[i]; }), limit = TOP + PLOT, found = [];
    for (var i = 1; i < moved.length; i++) moved[i] = Math.max(moved[i], moved[i - 1] + GAP);
    for (i = moved.length - 1; i >= 0; i--) { moved[i] = Math.min(moved[i], limit); limit = moved[i] - GAP; }
    order.forEach(function (place, j) { found[place] = moved[j]; });
    return found;
  }

  function levels(weights) {
    return weights.reduce(function (found, weight, i) {
      return found.concat(i && weight - weights[i - 1] < NEAR ? (found[i - 1] + 1) % 3 : 0);
    }, []);
  }

  function caption(words, data, found, code) {
    var firsts = found.map(function (one) { return listed(words, one.keys.map(function (key) { return nameOf(data, key); })); });
    if (found.length === 1) return fill(words.chart_one, { first: firsts[0], category: categoryOf(data, code) });
    var parts = found.map(function (one, i) {
      var form = i === found.length - 1 ? words.chart_last : i ? words.chart_then : words.chart_from;
      return fill(form, { first: firsts[i], to: percent(one.end) });
    });
    return fill(words.chart_many, { category: categoryOf(data, code), parts: parts.join(', ') });
  }

  // Everything of the chart, ready to be drawn; `keys` in the order of the lines on the page.
  function chartOf(words, data, weights, code, keys) {
    var all = R.lines(data, weights, code), lines = {}, order = R.order(data, weights);
    keys.forEach(function (key) { lines[key] = all[key]; });
    var scale = scaleOf(lines), found = stretches(lines), ends = keys.map(function (key) { return scale.y(lines[key][1]); });
    var inner = found.slice(1), ups = levels(inner.map(function (one) { return one.start; })), labels = spread(ends);
    return {
      caption: caption(words, data, found, code), note: Math.abs(weights[code] - 100) < R.TIE ? words.chart_alone : '',
      scale: scale, now: weights[code], nowText: fill(words.now, { weight: percent(weights[code]) }),
      strokes: keys.map(function (key, i) {
        return { key: key, none: lines[key][0], now: scoreAt(lines[key], weights[code]), full: lines[key][1], y0: scale.y(lines[key][0]), y1: ends[i],
          label: labels[i], isFirst: order.some(function (one) { return one.key === key && one.rank === 1; }) };
      }),
      marks: inner.map(function (one, i) {
        var y = scale.y(scoreAt(lines[one.keys[0]], one.start));
        return { x: one.start, y: y, label: y - 11 - 13 * ups[i], text: percent(one.start) };
      })
    };
  }

  // ---- the page ----

  var SVG = 'http://www.w3.org/2000/svg';
  function $(id) { return document.getElementById(id); }
  function put(parent, name, attributes, text) {
    var element = parent instanceof SVGElement || name === 'svg' ? document.createElementNS(SVG, name) : document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }
  function set(element, attributes) { Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); }); }
  function say(id, text) {
    var element = $(id);
    if (!element) return;
    var inner = element.querySelector('span:last-child') || element;
    if (inner.textContent !== text) inner.textContent = text;
    element.hidden = !text;
  }
  function wide(x) { return R.shown(x, 2) + '%'; }
  function high(y) { return R.shown(y, 1); }

  function drawChanges(words, data, weights, order) {
    if (!$('rob')) return;
    var isShared = at(order, 1).length > 1, turns = R.turns(data, weights);
    $('rob-shared').hidden = !isShared;
    $('rob-table').hidden = isShared;
    var body = $('rob'), codes = Object.keys(weights);
    var far = function (code) { return turns[code] ? Math.abs(turns[code].flip.change) : 101; };
    body.replaceChildren();
    if (isShared || order.length < 2) return;
    codes.sort(function (a, b) { return far(a) - far(b); }).forEach(function (code) {
      var turn = turns[code], texts = turn ? flipTexts(turn.flip) : { now: percent(weights[code]) };
      var row = put(body, 'tr');
      put(row, 'th', { scope: 'row' }, categoryOf(data, code));
      put(row, 'td', { 'class': 'r' }, texts.now);
      var where = put(row, 'td', { 'class': 'r' });
      put(where, turn ? 'b' : 'span', turn ? {} : { 'class': 'muted' }, turn ? texts.at : words.never);
      var change = put(row, 'td', { 'class': 'r hide-s nw' }, turn ? fill(words.change, { points: pointsText(turn.flip.change) }) + ' ' : '');
      if (turn && weights[code] > R.TIE) {
        var relative = 100 * turn.flip.change / weights[code];
        put(change, 'span', { 'class': 'muted rel' }, (relative > 0 ? '+' : '') + R.shown(relative, 0) + '%');
      }
      drawStrip(put(row, 'td', { 'class': 'hide-s strip' }), weights[code], turn && turn.flip);
      var first = turn ? nameOf(data, turn.key) : weights[code] > 100 - R.TIE ? words.alone : fill(words.stays, { first: nameOf(data, order[0].key) });
      put(put(row, 'td'), 'span', turn ? {} : { 'class': 'muted' }, first);
    });
  }

  function drawStrip(cell, weight, flip) {
    var strip = put(cell, 'svg', { 'class': 'bul rb', 'aria-hidden': 'true' });
    put(strip, 'rect', { 'class': 'tr', y: 5, width: '100%', height: 4 });
    if (flip) {
      put(strip, 'rect', { 'class': 'fc', x: wide(Math.min(weight, flip.at)), width: wide(Math.abs(flip.change)), y: 5, height: 4 });
      put(strip, 'line', { 'class': 't', x1: wide(flip.at), x2: wide(flip.at), y1: 0, y2: 14 });
    }
    put(strip, 'circle', { 'class': 'now', cx: wide(weight), cy: 7, r: 5 });
  }

  function drawChart(words, data, weights) {
    if (!$('chart')) return;
    var strokes = Array.from($('line-strokes').children);
    var chart = chartOf(words, data, weights, $('line').value, strokes.map(function (line) { return line.dataset.key; }));
    say('line-caption', chart.caption);
    say('line-note', chart.note);
    $('line-scale').replaceChildren();
    $('line-grid').replaceChildren();
    for (var tick = chart.scale.low; tick <= chart.scale.high; tick += chart.scale.step) {
      var y = high(chart.scale.y(tick));
      put($('line-scale'), 'text', { x: '100%', y: y, dy: '.32em' }, String(tick));
      put($('line-grid'), 'line', { 'class': 'ln__grid', x1: 0, x2: '100%', y1: y, y2: y });
    }
    set($('line-now').querySelector('line'), { x1: wide(chart.now), x2: wide(chart.now) });
    $('line-now').querySelector('svg').setAttribute('x', wide(chart.now));
    $('line-now').querySelector('text').textContent = chart.nowText;
    chart.strokes.forEach(function (stroke, i) { drawStroke(stroke, strokes[i], $('line-ends').children[i], $('line-figures').children[i]); });
    $('line-marks').replaceChildren();
    chart.marks.forEach(function (mark) {
      put($('line-marks'), 'circle', { 'class': 'ln__m', cx: wide(mark.x), cy: high(mark.y), r: 4.5 });
      put($('line-marks'), 'text', { 'class': 'ln__mt', x: wide(mark.x), y: high(mark.label) }, mark.text);
    });
  }

  function drawStroke(stroke, line, end, row) {
    set(line, { y1: high(stroke.y0), y2: high(stroke.y1) });
    var tie = end.children[0], sample = end.children[1], label = end.children[2];
    set(tie, { y1: high(stroke.y1), y2: high(stroke.label) });
    set(sample, { y1: high(stroke.label), y2: high(stroke.label) });
    label.setAttribute('y', high(stroke.label));
    [line, sample, label].forEach(function (one) { one.classList.toggle('is-first', stroke.isFirst); });
    [stroke.none, stroke.now, stroke.full].forEach(function (score, i) { row.children[i + 1].textContent = R.shown(score, 1); });
  }

  function drawTried(words, order, isTried, profile) {
    document.querySelectorAll('#profiles [data-tried]').forEach(function (cell) { cell.hidden = !isTried; });
    document.querySelectorAll('#profiles [data-profile]').forEach(function (head) {
      var isNow = !isTried && head.dataset.profile === profile;
      head.classList.toggle('is-now', isNow);
      head.querySelector('span').hidden = !isNow;
    });
    order.forEach(function (one) {
      var cell = document.querySelector('#profiles tr[data-key="' + CSS.escape(one.key) + '"] td[data-tried]');
      if (!cell) return;
      cell.replaceChildren();
      put(cell, 'span', { 'class': one.rank === 1 ? 'pl pl--1' : 'pl' }, placeText(words, one.rank));
      cell.append(' ');
      put(cell, 'span', { 'class': 'tnum' }, R.shown(one.score, 1));
    });
  }

  // The order when one category is left out and the others keep their proportions.
  function drawWithout(words, data, weights, order) {
    var text = function (one) { return one.map(function (item) { return item.key + ' ' + item.rank; }).sort().join(); };
    var firsts = function (one) { return at(one, 1).map(function (item) { return item.key; }).sort().join(); };
    document.querySelectorAll('#without tr').forEach(function (row) {
      var less = Object.assign({}, weights);
      delete less[row.dataset.code];
      var found = R.order(data, less);
      row.hidden = !found.length;
      row.children[1].textContent = listed(words, names(data, at(found, 1)));
      row.children[1].classList.toggle('strong', firsts(found) !== firsts(order));
      var changes = text(found) !== text(order);
      row.children[2].textContent = changes ? words.order_changes : words.order_stays;
      row.children[2].classList.toggle('muted', !changes);
    });
  }

  function drawSentences(words, data, weights, drawn) {
    var said = sentences(words, data, weights, drawn);
    Object.keys(said).forEach(function (name) { say('sure-' + name, said[name]); });
  }

  // The address names the category of the chart, so that loading it again does not choose another one.
  function keepLine() {
    var address = new URL(location.href);
    if (!$('line') || address.searchParams.get('line') === $('line').value) return;
    address.searchParams.set('line', $('line').value);
    history.replaceState(history.state, '', address);
    document.dispatchEvent(new CustomEvent('comparison:address'));
  }

  function start() {
    var data = JSON.parse($('comparison-data').textContent), words = data.words;
    var weights = data.weights, drawnFor = weights; // the weights that #acceptability speaks of
    function drawn() {
      var share = $('acceptability');
      var isFresh = Object.keys(weights).every(function (code) { return Math.abs(weights[code] - drawnFor[code]) < 5e-7; });
      return isFresh && share && share.dataset.first ? { first: share.dataset.first, share: Number(share.dataset.share) } : null;
    }
    document.addEventListener('comparison:weights', function (e) {
      weights = e.detail.weights;
      var order = R.order(data, weights);
      drawSentences(words, data, weights, drawn());
      drawChanges(words, data, weights, order);
      drawChart(words, data, weights);
      drawTried(words, order, e.detail.tried, e.detail.profile);
      drawWithout(words, data, weights, order);
      if (e.detail.tried) keepLine();
    });
    document.addEventListener('comparison:live', function () {
      drawnFor = weights;
      drawSentences(words, data, weights, drawn());
    });
    if ($('line')) $('line').addEventListener('change', function () { drawChart(words, data, weights); keepLine(); });
  }

  if ($('comparison-data') && $('sure-lead')) start();
  return { sentences: sentences, chart: chartOf, stretches: stretches, percent: percent, shareText: shareText };
})();
