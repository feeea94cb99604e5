// The review by keyboard: J K go through the answers, A accepts, R returns, levels and ratings have keys. htmx redraws the effect.
(function () {
  'use strict';
  var form = document.getElementById('decide');
  var remark = document.getElementById('id_remark');
  var LEVELS = { c: 'claimed', d: 'documented', v: 'verified', x: 'rejected' };
  var returning = false;

  function button(key) { return document.querySelector('[data-review-key="' + key + '"]'); }
  function isText(el) { return el.tagName === 'TEXTAREA' || el.tagName === 'SELECT' || el.isContentEditable || (el.tagName === 'INPUT' && !/^(radio|checkbox|hidden|submit|button)$/.test(el.type)); }
  function intend(value) {
    returning = value;
    if (!form) return;
    form.querySelectorAll('[data-accepts]').forEach(function (el) { el.hidden = value; });
    form.querySelectorAll('[data-returns]').forEach(function (el) { el.hidden = !value; });
  }
  function choose(name, value) {
    var radio = form && form.querySelector('input[name="' + name + '"][value="' + value + '"]');
    if (!radio) return false;
    radio.focus({ preventScroll: true });
    if (!radio.checked) radio.click();
    return true;
  }
  function press(key) {
    var el = button(key);
    if (!el) return false;
    el.click();
    return true;
  }
  function toRemark(value) {
    if (!remark) return false;
    intend(value);
    remark.focus();
    return true;
  }
  function returned() {
    if (!remark || !button('r')) return false;
    if (returning && remark.value.trim()) return press('r');
    return toRemark(true);
  }
  function ends() {
    var all = Array.prototype.filter.call(document.querySelectorAll('.qbar__in > form button'), function (b) { return !b.disabled; });
    var el = all[all.length - 1];
    if (!el) return false;
    el.focus();
    return true;
  }

  document.addEventListener('keydown', function (e) {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target === remark) {
      e.preventDefault();
      press(returning || !button('a') ? 'r' : 'a');
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || document.documentElement.dataset.shortcuts === 'off') return;
    if (e.key === 'Escape' && e.target === remark) { intend(false); document.getElementById('main').focus({ preventScroll: true }); return; }
    if (isText(e.target) || document.querySelector('dialog[open]')) return;
    var key = e.key.toLowerCase(), done = false;
    if (key === 'j' || key === 'k' || key === 'a') done = press(key);
    else if (key === 'r') done = returned();
    else if (key === 'm') done = toRemark(false);
    else if (key === 'f') done = ends();
    else if (LEVELS[key]) done = choose('level', LEVELS[key]);
    else if (/^[0-5]$/.test(key)) done = choose('rating', key);
    else if (key === '?' && e.target.tagName === 'INPUT') { document.getElementById('keys').showModal(); done = true; }
    if (done) e.preventDefault();
  });

  // a click on Return without a comment goes to the comment first
  var back = button('r');
  if (back && remark) {
    back.addEventListener('click', function (e) {
      if (remark.value.trim()) return;
      e.preventDefault();
      toRemark(true);
    });
  }
  // a remark that is typed and not stored is not lost without a question
  var sending = false;
  function unsaved() { return remark && !sending && (remark.value !== remark.defaultValue || (form.dataset.unsaved !== undefined && remark.value !== '')); }
  if (form) form.addEventListener('submit', function () { sending = true; });
  window.addEventListener('beforeunload', function (e) { if (unsaved()) e.preventDefault(); });
  // the list opens at the answer
  var here = document.querySelector('.queue a[aria-current]');
  if (here) {
    var list = here.closest('.stick');
    if (list && list.scrollHeight > list.clientHeight) list.scrollTop = here.offsetTop - list.clientHeight / 2;
  }
})();
