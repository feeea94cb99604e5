// Theme, menus, dialogs and single-key shortcuts. Loaded in <head> without defer so the theme is set before first paint.
(function () {
  var root = document.documentElement;
  var asked = new URLSearchParams(location.search).get('theme');
  var kept = null;
  try { kept = localStorage.getItem('theme'); } catch (e) { /* storage switched off */ }
  root.dataset.js = 'on';
  if (asked !== 'light' && asked !== 'dark') asked = null;
  root.dataset.bsTheme = asked || kept || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

  document.addEventListener('click', function (e) {
    var el = e.target.closest('[data-theme-toggle]');
    if (el) {
      root.dataset.bsTheme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
      try { localStorage.setItem('theme', root.dataset.bsTheme); } catch (err) { /* not kept */ }
    }
    el = e.target.closest('[data-open]');
    if (el && document.getElementById(el.dataset.open)) {
      e.preventDefault(); // a link goes to the page that asks the same without a script
      document.getElementById(el.dataset.open).showModal();
    }
    el = e.target.closest('[data-close]');
    if (el) el.closest('dialog').close();
    el = e.target.closest('[data-reveal]');
    if (el) {
      var f = document.getElementById(el.dataset.reveal), shown = f.type === 'text';
      f.type = shown ? 'password' : 'text';
      el.textContent = shown ? el.dataset.show : el.dataset.hide;
      el.setAttribute('aria-pressed', String(!shown));
    }
    el = e.target.closest('[data-toast-close]');
    if (el) el.closest('[data-toast]').remove();
    el = e.target.closest('[data-copy]');
    if (el && navigator.clipboard) navigator.clipboard.writeText(el.dataset.copy);
    document.querySelectorAll('details.menu[open]').forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
  });

  document.addEventListener('keydown', function (e) {
    if (e.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach(function (d) { d.open = false; d.querySelector('summary').focus(); });
    if (e.ctrlKey || e.metaKey || e.altKey || root.dataset.shortcuts === 'off') return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) || e.target.isContentEditable) return;
    var key = e.key;
    if (key === '/') { var j = document.querySelector('[data-jump]'); if (j && j.offsetParent) { e.preventDefault(); j.focus(); } }
    if (key === '?') { var h = document.getElementById('keys'); if (h) h.showModal(); }
    var hit = document.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (hit) { e.preventDefault(); hit.click(); }
  });

  // data-jump-to: move focus to the next open question without hiding it under the sticky bars
  document.addEventListener('click', function (e) {
    var el = e.target.closest('[data-jump-to]');
    if (!el) return;
    e.preventDefault();
    var q = document.getElementById(el.dataset.jumpTo);
    q.scrollIntoView({ block: 'start' });
    var f = q.querySelector('input,select,textarea,button');
    if (f) f.focus({ preventScroll: true });
  });

  // the category rail is a closed summary on small screens
  document.addEventListener('DOMContentLoaded', function () {
    if (matchMedia('(max-width: 991.98px)').matches) document.querySelectorAll('.rail-d').forEach(function (d) { d.open = false; });
  });

  // what must be corrected takes the focus when the page opens
  document.addEventListener('DOMContentLoaded', function () {
    var el = document.querySelector('[data-focus]');
    if (el) el.focus();
  });

  // a toast goes after 8 s, but not while it has the focus or the pointer
  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-toast]').forEach(function (toast) {
      var timer;
      function run() { clearTimeout(timer); timer = setTimeout(function () { toast.remove(); }, 8000); }
      function wait() { clearTimeout(timer); }
      toast.addEventListener('mouseenter', wait);
      toast.addEventListener('mouseleave', run);
      toast.addEventListener('focusin', wait);
      toast.addEventListener('focusout', run);
      run();
    });
  });
})();
