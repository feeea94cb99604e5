// Adding vendors to a comparison and taking them out. Without a script links and forms load the page as it was drawn; with
// one they start from the address at hand, where weights that were tried out since stand.
(function () {
  function query() {
    var found = new URLSearchParams(location.search);
    found.delete('find');
    return found;
  }

  function without(found, names, key) {
    names.forEach(function (name) {
      var left = found.getAll(name).filter(function (value) { return value !== key; });
      found.delete(name);
      left.forEach(function (value) { found.append(name, value); });
    });
    return found;
  }

  document.addEventListener('click', function (e) {
    var link = e.target.closest('a[data-add]');
    if (!link) return;
    var found = query();
    found.append('v', link.dataset.add);
    link.href = link.pathname + '?' + found;
  });

  document.addEventListener('submit', function (e) {
    var form = e.target;
    if (form.matches('[data-out]')) {
      e.preventDefault();
      location.assign(location.pathname + '?' + without(query(), ['v', 'draft', 'pair'], form.dataset.out));
    }
    if (form.matches('[data-finds]')) {
      // what is typed is looked up as it is typed; Enter goes on to what was found
      e.preventDefault();
      var first = document.querySelector('#found a');
      if (first) first.focus();
    }
  });

  var adder = document.querySelector('[data-adder]');
  if (!adder) return;
  adder.addEventListener('toggle', function () { if (adder.open) document.getElementById('find').focus(); });
  adder.addEventListener('keydown', function (e) {
    if (e.key !== 'Escape' || !adder.open) return;
    adder.open = false;
    adder.querySelector('summary').focus();
  });
})();
