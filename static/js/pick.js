// The bar of chosen vendors: counts them and says how many may be compared. The form itself works without it.
(function () {
  var bar = document.getElementById('compare');
  if (!bar) return;
  var boxes = document.querySelectorAll('[data-pick]');
  var button = bar.querySelector('[type=submit]');
  var count = bar.querySelector('[data-count]');
  var fewest = Number(bar.dataset.fewest), most = Number(bar.dataset.most);

  function draw() {
    var chosen = 0;
    boxes.forEach(function (box) {
      if (box.checked) chosen += 1;
      box.closest('tr, li').classList.toggle('sel', box.checked);
    });
    bar.hidden = chosen === 0;
    count.textContent = chosen ? chosen + ' ' + bar.dataset.picked : '';
    button.disabled = chosen < fewest || chosen > most;
  }

  document.addEventListener('change', function (e) { if (e.target.matches('[data-pick]')) draw(); });
  bar.querySelector('[data-pick-clear]').addEventListener('click', function () {
    boxes.forEach(function (box) { box.checked = false; });
    draw();
    if (boxes.length) boxes[0].focus();
  });
  // the browser may bring ticks back after the page has loaded
  window.addEventListener('pageshow', draw);
  draw();
})();
