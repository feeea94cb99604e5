// The arithmetic of an order, as scorecards/ranking does it on the server. Pure: values in, values out, no page.
//
// What runs through all of it:
//   data     what the server gave (scorecards/comparison/script_data.py): basis [{code, name}], bands, floor, vendors
//   weights  {code: percent} over the basis, in sum 100
//   d        {code: points}, the first vendor's category scores less the second's
// The server counts in fractions, this in floats. So that both say the same, equal means nearer than TIE.
var VettingRanking = (function () {
  'use strict';
  var TOTAL = 100, TIE = 1e-9, NOTHING = 1e-12;

  function sum(values) { return values.reduce(function (total, value) { return total + value; }, 0); }
  function codesOf(data) { return data.basis.map(function (category) { return category.code; }); }
  function from(codes, value) { return Object.fromEntries(codes.map(function (code) { return [code, value(code)]; })); }

  // ---- weights that are tried out: ranking/weights.py ----

  // The weights that count, in sum 100: locked ones as typed, the others in proportion of what was typed; where that is
  // all 0, of `shape`; where that is 0 too, equally. Where the locked ones leave nothing to spread or too much, all are scaled.
  // null where no order can be made: a weight below 0 or over 100, or all of them 0.
  function settled(typed, locked, shape) {
    var codes = Object.keys(typed);
    var total = sum(Object.values(typed));
    if (codes.some(function (code) { return !(typed[code] >= 0 && typed[code] <= TOTAL); }) || total <= 0) return null;
    var free = codes.filter(function (code) { return !(locked || []).includes(code); });
    var rest = TOTAL - sum(codes.filter(function (code) { return !free.includes(code); }).map(function (code) { return typed[code]; }));
    if (rest < -TIE || !free.length) return from(codes, function (code) { return TOTAL * typed[code] / total; });
    var shares = sharesOf(free, typed, shape || {});
    return from(codes, function (code) { return free.includes(code) ? Math.max(rest, 0) * shares[code] : typed[code]; });
  }

  // How the rest is spread: parts of 1 by category.
  function sharesOf(free, typed, shape) {
    var source = [typed, shape].find(function (one) { return sum(free.map(function (code) { return one[code] || 0; })) > 0; });
    if (!source) return from(free, function () { return 1 / free.length; });
    var total = sum(free.map(function (code) { return source[code] || 0; }));
    return from(free, function (code) { return (source[code] || 0) / total; });
  }

  // The weights after one of them was moved by hand, locked ones kept: the others give or take in proportion of `start`, the
  // weights when the move began; where those are all 0, of `shape`; where these are 0 too, equally. It goes no further than
  // the locked ones leave. null where no other weight can give or take.
  function moved(start, locked, code, to, shape) {
    var kept = (locked || []).filter(function (one) { return one !== code; });
    var free = Object.keys(start).filter(function (one) { return one !== code && !kept.includes(one); });
    if (!free.length) return null;
    var most = TOTAL - sum(kept.map(function (one) { return start[one]; }));
    var value = Math.min(Math.max(to, 0), Math.max(most, 0));
    var shares = sharesOf(free, start, shape);
    return quantised(from(Object.keys(start), function (one) {
      return one === code ? value : free.includes(one) ? (most - value) * shares[one] : start[one];
    }));
  }

  // Weights as the address carries them: millionths of a point. What rounding takes goes to those that lost most, so that
  // the sum stays 100 and the server, which brings every sum to 100, leaves them as they are. Locked ones lose nothing.
  function quantised(weights) {
    var codes = Object.keys(weights), unit = 1e6;
    var parts = codes.map(function (code) {
      var exact = weights[code] * unit, near = Math.round(exact);
      var whole = Math.abs(exact - near) < 1e-3 ? near : Math.floor(exact);
      return { code: code, whole: whole, left: Math.max(exact - whole, 0) };
    });
    var missing = Math.round(sum(codes.map(function (code) { return weights[code]; })) * unit) - sum(parts.map(function (part) { return part.whole; }));
    parts.slice().sort(function (a, b) { return b.left - a.left; }).slice(0, Math.max(missing, 0)).forEach(function (part) { part.whole += 1; });
    return Object.fromEntries(parts.map(function (part) { return [part.code, part.whole / unit]; }));
  }

  // ---- scores and places: ranking/order.py, scoring.overall_under ----

  // The mean of what is rated, by weight; null where nothing rated has any.
  function overall(figures, weights) {
    var part = 0, total = 0;
    Object.keys(weights).forEach(function (code) {
      var figure = figures[code];
      if (figure === null || figure === undefined) return;
      part += weights[code];
      total += weights[code] * figure;
    });
    return part > 0 ? total / part : null;
  }

  // The weights of the whole framework: the basis keeps its part, what was left out keeps its own.
  function whole(data, weights) {
    var all = Object.assign({}, data.outside);
    Object.keys(weights).forEach(function (code) { all[code] = weights[code] * (data.part || TOTAL) / TOTAL; });
    return all;
  }

  // What a vendor is judged by: ranked ones by the basis, so that they stand on the same categories; others by all that is rated.
  function counted(data, vendor, weights) { return vendor.ranked ? weights : whole(data, weights); }

  // By vendor's key the score, null where there is none.
  function scores(data, weights) {
    return Object.fromEntries(data.vendors.map(function (vendor) {
      return [vendor.key, overall(vendor.scores, counted(data, vendor, weights))];
    }));
  }

  // The ranked vendors from first to last: [{key, rank, score}]. Equal scores share a place, the next one stays empty;
  // within a place by name. Under weights that give no score nobody has a place.
  function order(data, weights) {
    var found = scores(data, weights);
    var ranked = data.vendors.filter(function (vendor) { return vendor.ranked && found[vendor.key] !== null; });
    return ranked.map(function (vendor) {
      var ahead = ranked.filter(function (other) { return found[other.key] > found[vendor.key] + TIE; });
      return { key: vendor.key, rank: 1 + ahead.length, score: found[vendor.key], alphabetic: vendor.alphabetic };
    }).sort(function (a, b) { return a.rank - b.rank || a.alphabetic - b.alphabetic; })
      .map(function (one) { return { key: one.key, rank: one.rank, score: one.score }; });
  }

  // ---- what would turn the order: ranking/sensitivity.py ----

  function vendorOf(data, key) { return data.vendors.find(function (vendor) { return vendor.key === key; }); }

  // First less second, by category of the basis.
  function differences(data, first, second) {
    var one = vendorOf(data, first).scores, other = vendorOf(data, second).scores;
    return from(codesOf(data), function (code) { return one[code] - other[code]; });
  }

  function lead(weights, d) { return sum(Object.keys(d).map(function (code) { return weights[code] * d[code]; })) / TOTAL; }

  // Where each single weight turns the order while the others keep their proportions: [{code, weight, at, change}].
  // With lead D it lies at (D - W d) / (D - d), W and the result as parts of 1; at 0 and at 1 nothing turns.
  function flips(weights, d) {
    var ahead = lead(weights, d), found = [];
    if (Math.abs(ahead) < NOTHING) return found;
    Object.keys(d).forEach(function (code) {
      var slope = ahead - d[code];
      if (Math.abs(slope) < NOTHING) return;
      var at = (ahead - weights[code] / TOTAL * d[code]) / slope;
      if (at > NOTHING && at < 1 - NOTHING) found.push({ code: code, weight: weights[code], at: TOTAL * at, change: TOTAL * at - weights[code] });
    });
    return found;
  }

  // The flip that asks for the fewest points; the first of equals, null where there is none.
  function smallest(found) {
    return found.reduce(function (best, flip) {
      return best === null || Math.abs(flip.change) < Math.abs(best.change) - TIE ? flip : best;
    }, null);
  }

  // Whether no weighting at all puts the second before the first.
  function isRobust(d) { return Object.values(d).every(function (value) { return value > -NOTHING; }); }

  // The fewest points to move so that the lead is gone: {to, donors: [{code, points}], total}; null where none suffices.
  // All goes to where the leader is weakest; it comes from where the leader is strongest, then from the next.
  function leastTransfer(weights, d) {
    var left = lead(weights, d), donors = [];
    if (left <= NOTHING || isRobust(d)) return null;
    var strongest = Object.keys(d).sort(function (a, b) { return Math.abs(d[a] - d[b]) < TIE ? 0 : d[b] - d[a]; });
    var to = strongest.reduce(function (least, code) { return d[code] < d[least] - TIE ? code : least; });
    to = Object.keys(d).find(function (code) { return Math.abs(d[code] - d[to]) < TIE; }); // the first of equals
    strongest.forEach(function (code) {
      var gain = d[code] - d[to];
      var points = left > NOTHING && gain > TIE ? Math.min(weights[code], TOTAL * left / gain) : 0;
      if (points <= 0) return;
      donors.push({ code: code, points: points });
      left -= points * gain / TOTAL;
    });
    return { to: to, donors: donors, total: sum(donors.map(function (donor) { return donor.points; })) };
  }

  // The share of all weightings, 0 to 1, in which the first beats the second; null for a tie. `values` are those of d.
  function winningShare(d) {
    var values = Array.isArray(d) ? d : Object.values(d);
    var x = values.filter(function (value) { return value > NOTHING; });
    var y = values.filter(function (value) { return value < -NOTHING; }).map(Math.abs);
    if (!x.length && !y.length) return null;
    var row = [1].concat(y.map(function () { return 1; }));
    x.forEach(function (one) {
      row[0] = 0;
      y.forEach(function (other, j) { row[j + 1] = (one * row[j] + other * row[j + 1]) / (one + other); });
    });
    return 1 - row[row.length - 1];
  }

  // By category the nearest flip of the first place, {key, flip}, with the vendor that then overtakes.
  // Empty where nobody leads alone.
  function turns(data, weights) {
    var placed = order(data, weights), near = {};
    if (placed.filter(function (one) { return one.rank === 1; }).length !== 1) return {};
    placed.slice(1).forEach(function (other) {
      flips(weights, differences(data, placed[0].key, other.key)).forEach(function (flip) {
        var known = near[flip.code];
        if (!known || Math.abs(flip.change) < Math.abs(known.flip.change) - TIE) near[flip.code] = { key: other.key, flip: flip };
      });
    });
    return Object.fromEntries(codesOf(data).filter(function (code) { return near[code]; }).map(function (code) { return [code, near[code]]; }));
  }

  // By ranked vendor's key the score with this weight at 0 and at 100 percent; between them it is a line. The others keep
  // their proportions; where they have none, they count equally.
  function lines(data, weights, code) {
    var others = codesOf(data).filter(function (other) { return other !== code; });
    var total = sum(others.map(function (other) { return weights[other]; }));
    var rated = data.vendors.filter(function (vendor) {
      return vendor.ranked && codesOf(data).every(function (one) { return vendor.scores[one] !== null; });
    });
    return Object.fromEntries(rated.map(function (vendor) {
      var full = vendor.scores[code];
      var none = sum(others.map(function (other) { return (total > 0 ? weights[other] : 1) * vendor.scores[other]; }));
      return [vendor.key, [others.length ? none / (total > 0 ? total : others.length) : full, full]];
    }));
  }

  // ---- figures for people: scoring.figures ----

  // Rounded half up, away from zero. A hair is added because 84.95 may be 84.94999... here, and is exact on the server.
  function rounded(x, places) {
    var unit = Math.pow(10, places);
    var scaled = Math.floor(Math.abs(x) * unit + 0.5 + 1e-7);
    return (x < 0 && scaled ? -scaled : scaled) / unit;
  }

  // With as many decimals as asked for, and a true minus sign.
  function shown(x, places) { return rounded(x, places).toFixed(places).replace('-', '\u2212'); }

  // With at most so many decimals, without zeros behind: 15, 22.5.
  function trimmed(x, places) { var text = shown(x, places); return text.includes('.') ? text.replace(/\.?0+$/, '') : text; }

  // A weight in percent: 15%, 22.5%.
  function percent(x) { return trimmed(x, 1) + '%'; }

  // The band of the figure as shown, {value, label, min}, null without one. With a rated category under the floor it is at best
  // the cap band. `data.bands` descend.
  function band(data, score, isBelow) {
    if (score === null) return null;
    var display = rounded(score, 1);
    var found = data.bands.findIndex(function (one) { return display >= one.min; });
    var cap = data.bands.findIndex(function (one) { return one.value === data.floor.cap; });
    return data.bands[isBelow ? Math.max(found, cap) : found];
  }

  return {
    TIE: TIE, settled: settled, moved: moved, quantised: quantised, overall: overall, whole: whole, counted: counted, scores: scores, order: order,
    vendorOf: vendorOf, differences: differences, lead: lead, flips: flips, smallest: smallest, isRobust: isRobust,
    leastTransfer: leastTransfer, winningShare: winningShare, turns: turns, lines: lines,
    rounded: rounded, shown: shown, trimmed: trimmed, percent: percent, band: band
  };
})();
