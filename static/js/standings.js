// Places, scores, bands and bars of the table under weights that are tried out, and its columns from first to last.
// whatif.js tells of the weights, ranking.js computes.
(function () {
  'use strict';
  var R = VettingRanking, table = document.getElementById('cmp'), data = null, words = null, own = null, weights = null;
  var rows, heads, columns, unranked;

  function all(selector, root) { return Array.from((root || document).querySelectorAll(selector)); }
  function fill(text, values) { return text.replace(/%%|%\((\w+)\)s/g, function (found, name) { return name ? values[name] : '%'; }); }
  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // The cells as the server drew them, one a vendor in the order of `data.vendors`; they stay so wherever they go.
  function begin(given) {
    data = given;
    words = data.words;
    own = words.whatif;
    rows = Object.fromEntries(all('[data-figure]', table).map(function (row) { return [row.dataset.figure, Array.from(row.cells).slice(1)]; }));
    heads = all('thead .rank', table);
    columns = data.vendors.map(function (vendor) { return vendor.key; });
    var sentences = all('[data-unranked]');
    unranked = data.vendors.map(function (vendor) { return vendor.unranked ? sentences.shift() : undefined; });
  }

  function classOf(band) { return 'band-' + (band && /^[A-E]$/.test(band.value) ? band.value.toLowerCase() : 'n'); }

  function placeText(vendor, places) {
    var place = places.find(function (one) { return one.key === vendor.key; });
    if (!place) return vendor.eligible ? own.not_ranked : own.not_eligible;
    var shared = places.filter(function (one) { return one.rank === place.rank; }).length > 1;
    return fill(words[place.rank < 4 ? 'place_' + place.rank : 'place_n'], { place: place.rank }) + (shared ? ', ' + own.shared : '');
  }

  function badge(score, band) {
    if (score === null) return element('span', 'score score--none', own.not_rated);
    var made = element('span', 'score ' + classOf(band));
    made.append(element('b', '', R.shown(score, 1)));
    if (band) {
      var letter = element('i', '', band.value);
      letter.setAttribute('aria-hidden', 'true');
      made.append(letter);
    }
    made.append(element('span', 'visually-hidden', ' ' + (band ? fill(own.of_band, { letter: band.value, word: band.label }) : own.of)));
    return made;
  }

  function stretch(svg, score, band) {
    svg.setAttribute('class', 'bul ' + classOf(band));
    var bar = svg.querySelector('.v');
    if (bar) bar.setAttribute('width', R.shown(score || 0, 1) + '%');
  }

  // A line under the score, which is there only where it says something.
  function under(cell, name, text) {
    var line = cell.querySelector('[data-' + name + ']');
    if (!line && text) {
      line = element('span', 'd-block xs muted');
      line.setAttribute('data-' + name, '');
      cell.append(line);
    }
    if (line && text) line.textContent = text;
    if (line && !text) line.remove();
  }

  function drawOverall(cell, vendor, score, band) {
    var everything = R.whole(data, weights), counted = R.counted(data, vendor, weights);
    var high = R.overall(vendor.figures.high, counted);
    var all = vendor.own === null ? R.overall(vendor.scores, everything) : vendor.own;
    cell.querySelector('.score').replaceWith(badge(score, band));
    if (cell.querySelector('.bul')) stretch(cell.querySelector('.bul'), score, band);
    var open = !vendor.approved && score !== null && high !== null && Math.abs(score - high) > R.TIE;
    under(cell, 'range', open ? fill(own.range, { low: R.shown(score, 1), high: R.shown(high, 1) }) : '');
    var differs = vendor.ranked && score !== null && Math.abs(all - score) > R.TIE;
    under(cell, 'own', differs ? fill(own.own, { own: R.shown(all, 1) }) : '');
  }

  function drawBand(cell, band) {
    var tag = cell.querySelector('.bandtag');
    if (!tag || !band) return;
    tag.className = 'bandtag ' + classOf(band);
    tag.replaceChildren(element('i', '', band.value), band.label);
  }

  function drawEvidence(cell, vendor, counted) {
    var svg = cell.querySelector('.seg'), text = cell.querySelector('.sm');
    if (!svg) return;
    var part = {}, shown = {};
    ['verified', 'documented', 'claimed_only'].forEach(function (name) {
      part[name] = R.overall(vendor.figures[name], counted) || 0;
      shown[name] = R.shown(part[name], 0) + '%';
    });
    text.textContent = shown.verified;
    svg.setAttribute('aria-label', fill(own.evidence, { verified: shown.verified, documented: shown.documented, claimed: shown.claimed_only }));
    svg.querySelector('.s1').setAttribute('width', R.shown(part.verified, 1) + '%');
    svg.querySelector('.s2').setAttribute('x', R.shown(part.verified, 1) + '%');
    svg.querySelector('.s2').setAttribute('width', R.shown(part.documented, 1) + '%');
    svg.querySelector('.s3').setAttribute('x', R.shown(part.verified + part.documented, 1) + '%');
    svg.querySelector('.s3').setAttribute('width', R.shown(part.claimed_only, 1) + '%');
  }

  function figure(cell, value, text) { cell.textContent = value === null ? own.not_rated : text(value); }

  function drawVendor(vendor, i, scores, places) {
    var score = scores[vendor.key], counted = R.counted(data, vendor, weights);
    var band = R.band(data, score, vendor.below), shownBand = vendor.eligible ? band : null, place = placeText(vendor, places);
    if (heads[i]) heads[i].textContent = place;
    if (unranked[i] && score !== null) unranked[i].textContent = fill(vendor.unranked, { score: R.shown(score, 1) });
    if (rows.overall) drawOverall(rows.overall[i], vendor, score, shownBand);
    if (rows.band) drawBand(rows.band[i], shownBand);
    if (rows.claimed) figure(rows.claimed[i], R.overall(vendor.figures.claimed, counted), function (x) { return R.shown(x, 1); });
    if (rows.confidence) figure(rows.confidence[i], R.overall(vendor.figures.confidence, counted), function (x) { return R.shown(x, 0) + '%'; });
    if (rows.verified) drawEvidence(rows.verified[i], vendor, counted);
  }

  // Columns from first to last, then those without a place, as the server draws them.
  function inOrder() {
    var ranked = R.order(data, weights).map(function (one) { return one.key; });
    var wanted = ranked.concat(data.vendors.map(function (vendor) { return vendor.key; }).filter(function (key) { return !ranked.includes(key); }));
    if (wanted.join() === columns.join()) return;
    var from = wanted.map(function (key) { return columns.indexOf(key); });
    all('tr', table).forEach(function (row) {
      var cells = Array.from(row.cells).slice(1);
      if (cells.length === columns.length) from.forEach(function (i) { row.append(cells[i]); });
    });
    columns = wanted;
  }

  document.addEventListener('comparison:weights', function (e) {
    weights = e.detail.weights;
    if (e.detail.first) { // the server drew this one
      begin(e.detail.data);
      return;
    }
    var scores = R.scores(data, weights);
    data.vendors.forEach(function (vendor, i) { drawVendor(vendor, i, scores, e.detail.order); });
  });
  document.addEventListener('comparison:settled', inOrder);
})();
