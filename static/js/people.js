// Says that a link was copied, which app.js does.
document.addEventListener('click', function (e) {
  var button = e.target.closest('[data-copy][data-status]');
  if (button && navigator.clipboard) document.getElementById(button.dataset.status).textContent = button.dataset.said;
});
