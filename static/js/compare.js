// Opens and closes the criteria of a category, and hides the rows that hardly differ. Without a script the same buttons
// and the switch are fields of the form "comparison" and load the page again.
(function () {
  var form = document.getElementById('comparison'), all = document.getElementById('all'), differ = document.getElementById('differ');
  var rows = Array.prototype.slice.call(document.querySelectorAll('.catrow'));

  function isOpen(row) { return row.querySelector('.tog').getAttribute('aria-expanded') === 'true'; }

  // what is open goes along when the form is sent
  function keep(code, yes) {
    var field = form.querySelector('input[name=open][value="' + CSS.escape(code) + '"]');
    if (field && !yes) field.remove();
    if (!field && yes) {
      field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'open';
      field.value = code;
      form.append(field);
    }
  }

  function open(row, yes) {
    row.querySelector('.tog').setAttribute('aria-expanded', String(yes));
    document.querySelectorAll('tr[data-p="' + CSS.escape(row.dataset.c) + '"]').forEach(function (r) { r.hidden = !yes || row.hidden; });
    keep(row.dataset.c, yes);
    all.textContent = rows.every(isOpen) ? all.dataset.closeWords : all.dataset.openWords;
  }

  document.addEventListener('click', function (e) {
    var tog = e.target.closest('.tog');
    if (tog) {
      e.preventDefault();
      open(tog.closest('tr'), tog.getAttribute('aria-expanded') !== 'true');
    }
    if (e.target === all) {
      e.preventDefault();
      var yes = !rows.every(isOpen);
      rows.forEach(function (row) { open(row, yes); });
    }
  });

  differ.addEventListener('change', function () {
    rows.forEach(function (row) {
      row.hidden = differ.checked && Number(row.dataset.spread) < Number(differ.value);
      open(row, isOpen(row));
    });
  });
})();
