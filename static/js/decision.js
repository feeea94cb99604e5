// The decision panel: shows what a choice asks for, and says once more what is about to be decided.
(function () {
  var form = document.getElementById('decision');
  var asked = form.querySelector('[data-for]');
  var dialog = document.getElementById('dlg-decide');
  var sentence = dialog.querySelector('[data-sentence]');

  function chosen() {
    var radio = form.querySelector('[name=decision]:checked');
    return radio ? radio.value : '';
  }

  function draw() { asked.hidden = chosen() !== asked.dataset.for; }

  function count() {
    return Array.prototype.filter.call(form.querySelectorAll('[data-row]:not([hidden]) [name$="-title"]'), function (el) {
      return el.value.trim();
    }).length;
  }

  form.addEventListener('change', draw);
  form.addEventListener('submit', function (e) {
    // the button of the dialog submits; the one of the panel asks first
    if (!e.submitter || !e.submitter.dataset.confirm || !chosen()) return;
    e.preventDefault();
    sentence.textContent = sentence.getAttribute('data-' + chosen())
      .replace('{c}', count())
      .replace('{w}', form.querySelectorAll('[data-waiver]').length);
    dialog.showModal();
  });
  draw();
})();
