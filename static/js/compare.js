// The table of a comparison: opens and closes the criteria of a category, and hides rows that hardly differ. What is open
// and hidden goes into the form "comparison" and into the address. Without a script the same buttons and the field are
// parts of that form and load the page again.
(function () {
  var form = document.getElementById('comparison'), table = document.getElementById('cmp'), all = document.getElementById('all');
  var differ = document.getElementById('differ'), by = document.getElementById('differ-by'), said = document.getElementById('hiding');
  var USUAL = 10;
  var rows = Array.from(table.querySelectorAll('.catrow')).map(function (row) {
    var code = row.dataset.c;
    return {
      code: code, row: row, button: row.querySelector('.tog'), spread: Number(row.dataset.spread),
      criteria: Array.from(table.querySelectorAll('tr[data-p="' + CSS.escape(code) + '"]'))
    };
  });

  function isOpen(item) { return item.button.getAttribute('aria-expanded') === 'true'; }

  // points that rows must differ by, 0 for all rows; texts that are no number ask for the usual ones, as on the server
  function least() {
    if (!differ.checked) return 0;
    var text = by.value.trim();
    return /^\d{1,3}$/.test(text) && Number(text) > 0 && Number(text) <= 100 ? Number(text) : USUAL;
  }

  function put(name, value) { said.querySelector('[data-n=' + name + ']').textContent = String(value); }

  function show() {
    var points = least(), hidden = 0, criteria = 0, away = 0;
    rows.forEach(function (item) {
      item.row.hidden = item.spread < points;
      var opened = isOpen(item) && !item.row.hidden;
      if (item.row.hidden) hidden += 1;
      item.criteria.forEach(function (row) {
        var near = Number(row.dataset.spread) < points;
        row.hidden = !opened || near;
        if (opened) criteria += 1;
        if (opened && near) away += 1;
      });
    });
    put('rows', hidden);
    put('criteria', away);
    put('all', criteria);
    said.querySelector('[data-n=some]').hidden = !criteria;
    said.hidden = !points;
    all.textContent = rows.every(isOpen) ? all.dataset.closeWords : all.dataset.openWords;
    all.value = rows.every(isOpen) ? 'none' : 'all';
  }

  // the form carries what is open, and the points only while they are asked for
  function keep() {
    form.querySelectorAll('input[name=open]').forEach(function (field) { field.remove(); });
    var query = new URLSearchParams(location.search);
    query.delete('open');
    query.delete('differ');
    rows.filter(isOpen).forEach(function (item) {
      var field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'open';
      field.value = item.code;
      form.append(field);
      query.append('open', item.code);
    });
    if (differ.checked) query.set('differ', String(least()));
    by.toggleAttribute('name', differ.checked);
    if (differ.checked) by.name = 'differ';
    history.replaceState(history.state, '', '?' + query + location.hash);
  }

  function turn(items, yes) {
    items.forEach(function (item) { item.button.setAttribute('aria-expanded', String(yes)); });
    show();
    keep();
  }

  document.addEventListener('click', function (e) {
    var button = e.target.closest('.tog'), link = e.target.closest('a[data-draft]');
    if (button) {
      e.preventDefault();
      turn(rows.filter(function (item) { return item.button === button; }), button.getAttribute('aria-expanded') !== 'true');
    }
    if (e.target === all) {
      e.preventDefault();
      turn(rows, !rows.every(isOpen));
    }
    if (link) link.href = draftAddress(link.dataset.draft);
  });

  // the link was written when the page was; weights may have moved since
  function draftAddress(key) {
    var query = new URLSearchParams(location.search), drafts = query.getAll('draft');
    query.delete('draft');
    drafts.filter(function (other) { return other !== key; }).forEach(function (other) { query.append('draft', other); });
    if (!drafts.includes(key)) query.append('draft', key);
    return '?' + query;
  }

  function ask() { show(); keep(); }

  differ.addEventListener('change', ask);
  by.addEventListener('input', function () { differ.checked = true; ask(); });
  by.addEventListener('change', function () { by.value = String(least() || USUAL); });
  by.addEventListener('keydown', function (e) { if (e.key === 'Enter') { e.preventDefault(); differ.checked = true; ask(); } });

  if (!by.value) by.value = String(USUAL);
  by.toggleAttribute('name', differ.checked);
  if (differ.checked) by.name = 'differ';
})();
