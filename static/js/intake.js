// Inherent risk and proposed tier, as the nine factors change. The server works out the same without a script.
(function () {
  const form = document.getElementById('intake');
  if (!form) return;
  const panel = document.getElementById('risk');
  const most = Number(panel.dataset.most);
  const dash = '\u2013';
  const names = Array.from(new Set(Array.from(form.querySelectorAll('.fac input[data-m]'), (input) => input.name)));

  function picked(name) { return form.querySelector('input[name="' + name + '"]:checked'); }
  function say(selector, text) { panel.querySelectorAll(selector).forEach((el) => { el.textContent = text; }); }

  // one decimal, half up, in whole numbers: a float would turn halves the wrong way
  function shown(sum) {
    const tenths = Math.floor((2000 * sum + most) / (2 * most));
    return Math.floor(tenths / 10) + '.' + (tenths % 10);
  }

  function add() {
    let sum = 0;
    let done = 0;
    names.forEach((name) => {
      const input = picked(name);
      const points = input ? Number(input.value) * Number(input.dataset.m) : 0;
      if (input) done += 1;
      sum += points;
      say('[data-f="' + name + '"]', input ? input.value : dash);
      say('[data-p="' + name + '"]', input ? points : dash);
    });
    return { sum, open: names.length - done, done };
  }

  function reasons(risk, open) {
    const sensitive = picked('data_sensitivity');
    const harmful = picked('harmful_content');
    const found = {
      high: risk >= Number(panel.dataset.one),
      sensitive: Boolean(sensitive) && sensitive.value === '3',
      harmful: Boolean(harmful) && harmful.value === 'yes',
    };
    const first = found.high || found.sensitive || found.harmful;
    found.middle = !first && !open && risk >= Number(panel.dataset.two);
    found.low = !first && !open && !found.middle;
    return found;
  }

  function draw() {
    const { sum, open, done } = add();
    const risk = (100 * sum) / most;
    const why = reasons(risk, open);
    const tier = open ? 0 : why.low ? 3 : why.middle ? 2 : 1;
    say('[data-risk]', done ? shown(sum) : '\u2013');
    say('[data-sum]', sum);
    say('[data-tier]', tier);
    say('[data-open-count]', open);
    panel.querySelector('[data-bar]').setAttribute('width', risk + '%');
    panel.querySelector('[data-complete]').hidden = open > 0;
    panel.querySelector('[data-partial]').hidden = open === 0;
    panel.querySelectorAll('[data-why]').forEach((el) => { el.hidden = !why[el.dataset.why]; });
    form.querySelector('[data-answered]').textContent = done;
    form.querySelectorAll('[data-prop]').forEach((el) => { el.hidden = Number(el.dataset.prop) !== tier; });
    form.querySelectorAll('[data-row]').forEach((el) => { el.classList.toggle('sel', Number(el.dataset.row) === tier); });
  }

  draw();
  form.addEventListener('change', draw);
})();
