// The bell in the header: how much ended unseen. Asked for after the page is there, and again while
// somebody looks at it. What is about the page at hand is marked seen.
(function () {
  var bell = document.querySelector('[data-bell]');
  if (!bell) return;
  var EVERY = 15000, here = location.pathname, over = false;
  var count = bell.querySelector('.bell__n'), said = document.querySelector('[data-bell-said]');

  function ask(url, options) {
    options.headers = Object.assign({ 'HX-Request': 'true' }, JSON.parse(document.body.getAttribute('hx-headers') || '{}'));
    return fetch(url, options).then(function (answer) {
      if (answer.ok) return answer.json();
      over = answer.status < 500; // signed out since: nothing more to ask
      throw answer.status;
    }).then(show);
  }

  function look() {
    if (over || document.visibilityState !== 'visible') return;
    ask(bell.href + '?bell=1&at=' + encodeURIComponent(here), {}).then(function (found) {
      if (found.here) return ask(bell.dataset.seenUrl, { method: 'POST', body: new URLSearchParams({ at: here }) });
    }).catch(function () { /* the next turn asks again */ });
  }

  function show(found) {
    count.textContent = found.unseen > 99 ? '99+' : found.unseen;
    count.hidden = !found.unseen;
    bell.setAttribute('aria-label', found.label);
    if (!found.here && found.unseen > known()) said.textContent = found.said;
    keep(found.unseen);
    return found;
  }

  // Kept for the next page, so that each new notice is announced once and not on every page.
  function known() { try { return Number(sessionStorage.getItem('bell')); } catch (e) { return 0; } }
  function keep(n) { try { sessionStorage.setItem('bell', n); } catch (e) { /* storage switched off */ } }

  setInterval(look, EVERY);
  document.addEventListener('visibilitychange', look);
  // what was waited for on this page has just ended: nobody needs the bell to hear of it
  document.addEventListener('htmx:afterSettle', function () { if (!document.querySelector('[hx-trigger^="every"]')) look(); });
  look();
})();
