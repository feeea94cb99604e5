// Rows of sites and contacts: adds and takes off rows. Without it there are blank rows to fill in.
(function () {
  function isBlank(row) {
    return Array.prototype.every.call(row.querySelectorAll('input:not([type=hidden]),select'), function (el) { return !el.value; });
  }

  document.querySelectorAll('[data-formset]').forEach(function (box) {
    var total = box.querySelector('[name$="-TOTAL_FORMS"]');
    var body = box.querySelector('[data-rows]');
    var template = box.querySelector('template').innerHTML;
    var add = box.querySelector('[data-row-add]');

    // blank rows stand in for the button; one stays where there is no other
    var last = body.lastElementChild;
    while (last && 'extra' in last.dataset && body.children.length > 1 && isBlank(last)) {
      last.remove();
      total.value = body.children.length;
      last = body.lastElementChild;
    }

    function draw() { add.disabled = body.children.length >= Number(box.dataset.most); }

    add.addEventListener('click', function () {
      var n = Number(total.value);
      body.insertAdjacentHTML('beforeend', template.replaceAll('__prefix__', n).replaceAll('__number__', n + 1));
      total.value = n + 1;
      body.lastElementChild.querySelector('input:not([type=hidden]),select').focus();
      draw();
    });

    // a row that is not stored yet is emptied and hidden: numbers of the others stay, blank ones are not stored
    body.addEventListener('click', function (e) {
      var button = e.target.closest('[data-row-remove]');
      if (!button) return;
      var row = button.closest('tr, [data-row]');
      row.querySelectorAll('input:not([type=hidden]),select').forEach(function (el) { el.value = ''; });
      row.hidden = true;
      add.focus();
    });
    draw();
  });
})();
