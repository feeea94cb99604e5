// Evidence: files dropped, chosen or pasted are sent one after the other, each with its progress. Without it there is a form.
(function () {
  'use strict';
  var says = document.getElementById('evidence-says');
  if (!says) return;
  var MB = 1048576, MOST = 25 * MB;
  var queues = new Map(); // what waits, by the place it was dropped at
  var said = new Map();   // what a place said before files hung over it
  var last = null;        // the place that a paste goes to

  function place(el) { return el && el.closest && el.closest('[data-evidence][data-url]'); }
  function csrf() {
    var headers = document.body.getAttribute('hx-headers');
    return headers ? JSON.parse(headers)['X-CSRFToken'] : '';
  }
  function words(name, first, second) { return says.dataset[name].replace('#1', first).replace('#2', second).replace('#', first); }
  function icon(name) {
    var el = document.createElement('span');
    el.className = 'i ' + name;
    el.setAttribute('aria-hidden', 'true');
    return el;
  }
  function list(box) { return box.querySelector('[data-uploads]'); }
  function answer(box) { return box.dataset.evidence !== 'new'; }
  // the questionnaire's own idea of the version; elsewhere the form's, else the block's
  function versionField(box) {
    var q = box.closest('.q[data-code]');
    return q ? q.querySelector('input[name$="-version"]') : document.querySelector('form input[type=hidden][name="version"]');
  }
  function version(box) { var field = versionField(box); return field ? field.value : box.dataset.version; }

  // ---------- one line a file ----------
  function line(file) {
    var li = document.createElement('li'), main = document.createElement('span'), size = document.createElement('span'), stop = document.createElement('button');
    main.className = 'main'; size.className = 'muted';
    size.textContent = says.dataset.waiting;
    main.append(file.name + ' ', size);
    stop.type = 'button'; stop.className = 'btn btn-quiet btn-sm'; stop.textContent = says.dataset.cancel;
    li.append(icon('i-hourglass-split'), main, stop);
    return { li: li, main: main, size: size, stop: stop, bar: null };
  }
  function began(row) {
    var space = 'http://www.w3.org/2000/svg', bar = document.createElementNS(space, 'svg');
    row.li.firstChild.className = 'i i-arrow-repeat spin';
    bar.setAttribute('class', 'prog');
    bar.setAttribute('role', 'img');
    ['tr', 'v'].forEach(function (name) {
      var rect = document.createElementNS(space, 'rect');
      rect.setAttribute('class', name); rect.setAttribute('width', name === 'tr' ? '100%' : '0%'); rect.setAttribute('height', '6'); rect.setAttribute('rx', '3');
      bar.append(rect);
    });
    row.bar = bar;
    row.main.append(bar);
  }
  function moved(row, loaded, total) {
    var part = total ? Math.round(100 * loaded / total) : 0;
    row.bar.lastChild.setAttribute('width', part + '%');
    row.bar.setAttribute('aria-label', words('percent', part));
    row.size.textContent = loaded < total ? words('progress', (loaded / MB).toFixed(1), (total / MB).toFixed(1)) : says.dataset.checking;
  }
  function ended(row, text, calm) {
    var close = document.createElement('button');
    row.li.className = calm ? '' : 'down';
    row.main.textContent = text;
    close.type = 'button'; close.className = 'btn btn-quiet btn-sm btn-icon'; close.setAttribute('aria-label', says.dataset.close);
    close.append(icon('i-x-lg'));
    close.addEventListener('click', function () { row.li.remove(); });
    row.li.replaceChildren(icon(calm ? 'i-slash-circle' : 'i-exclamation-triangle-fill'), row.main, close);
  }

  // ---------- sending ----------
  function add(box, files) {
    var key = box.id || box.dataset.evidence;
    var waiting = queues.get(key) || { rows: [], busy: false };
    queues.set(key, waiting);
    Array.prototype.forEach.call(files, function (file) {
      var row = line(file);
      list(box).append(row.li);
      if (file.size > MOST) { ended(row, words('large', file.name)); return; }
      var job = { file: file, row: row, gone: false };
      row.stop.addEventListener('click', function () {
        job.gone = true;
        if (job.xhr) job.xhr.abort();
        ended(row, words('cancelled', file.name), true);
      });
      waiting.rows.push(job);
    });
    next(key);
  }
  function current(key) { return document.getElementById(key) || document.querySelector('[data-evidence="' + CSS.escape(key) + '"][data-url]'); }
  function next(key) {
    var waiting = queues.get(key), job;
    if (waiting.busy) return;
    while ((job = waiting.rows.shift()) && job.gone);
    if (!job) return;
    waiting.busy = true;
    send(key, job, function () { waiting.busy = false; next(key); });
  }
  function send(key, job, done) {
    var box = current(key), body = new FormData(), xhr = new XMLHttpRequest();
    body.append('documents', job.file, job.file.name);
    if (answer(box)) body.append('version', version(box));
    job.xhr = xhr;
    began(job.row);
    xhr.upload.addEventListener('progress', function (e) { if (!job.gone) moved(job.row, e.loaded, e.total); });
    xhr.addEventListener('abort', done);
    xhr.addEventListener('error', function () { ended(job.row, words('failed', job.file.name)); done(); });
    xhr.addEventListener('load', function () { arrived(key, job, xhr); done(); });
    xhr.open('POST', box.dataset.url);
    xhr.setRequestHeader('HX-Request', 'true');
    xhr.setRequestHeader('X-CSRFToken', csrf());
    xhr.send(body);
  }
  function parse(xhr) { return new DOMParser().parseFromString(xhr.responseText, 'text/html').body; }
  function arrived(key, job, xhr) {
    var box = current(key), status = xhr.status;
    if (status === 200) {
      if (answer(box)) renew(box, xhr, job.row); else job.row.li.replaceWith.apply(job.row.li, parse(xhr).querySelectorAll('li'));
      return;
    }
    if (status === 422) {
      var said = parse(xhr).querySelector('.main');
      follow(box, xhr);
      ended(job.row, said ? said.textContent : words('failed', job.file.name));
    } else if (status === 401) ended(job.row, words('session', job.file.name));
    else if (status === 403 || status === 404) ended(job.row, words('locked', job.file.name));
    else if (status === 413) ended(job.row, words('large', job.file.name));
    else ended(job.row, words('failed', job.file.name));
  }
  // the block as it is now, with the lines of files that are still on their way
  function renew(box, xhr, gone) {
    var fresh = parse(xhr).querySelector('[data-evidence]');
    if (!fresh) return;
    follow(box, xhr);
    if (gone && fresh.dataset.said) ended(gone, fresh.dataset.said, true); else if (gone) gone.li.remove();
    var rows = Array.prototype.slice.call(list(box).children);
    var had = box.contains(document.activeElement);
    box.replaceWith(fresh);
    if (list(fresh)) list(fresh).append.apply(list(fresh), rows);
    if (had && fresh.querySelector('.drop')) fresh.querySelector('input[type=file]').focus();
  }
  // evidence counts as a change of the answer: who knew the version before goes on with the one after
  function follow(box, xhr) {
    var versions = (xhr.getResponseHeader('X-Answer-Version') || '').split(' ');
    if (versions.length !== 2) return;
    var tries = 0, key = box.dataset.evidence;
    (function step() {
      var now = current(key) || box, field = versionField(now);
      if (field && field.value === versions[0]) field.value = versions[1];
      else if (field && Number(field.value) < Number(versions[0]) && tries++ < 20) setTimeout(step, 250); // a save is still on its way
    })();
  }

  // ---------- taking off ----------
  document.addEventListener('click', function (e) {
    var link = e.target.closest && e.target.closest('[data-unlink]'), box = place(link);
    if (!box) return;
    e.preventDefault();
    var body = new FormData(), xhr = new XMLHttpRequest();
    body.append('evidence', link.dataset.unlink);
    body.append('version', version(box));
    xhr.addEventListener('load', function () { if (xhr.status === 200) renew(box, xhr); else location.assign(link.href); });
    xhr.addEventListener('error', function () { location.assign(link.href); });
    xhr.open('POST', link.dataset.unlinkUrl);
    xhr.setRequestHeader('HX-Request', 'true');
    xhr.setRequestHeader('X-CSRFToken', csrf());
    xhr.send(body);
  });

  // ---------- dropped, chosen, pasted ----------
  function hasFiles(e) { return e.dataTransfer && Array.prototype.indexOf.call(e.dataTransfer.types, 'Files') >= 0; }
  function calm() {
    document.querySelectorAll('.drop.over-me').forEach(function (el) {
      el.classList.remove('over-me');
      if (said.has(el)) { el.querySelector('span:not(.i)').replaceChildren.apply(el.querySelector('span:not(.i)'), said.get(el)); said.delete(el); }
    });
  }
  document.addEventListener('dragover', function (e) {
    if (!hasFiles(e)) return;
    e.preventDefault(); // a file that misses is not opened in place of the page
    var box = place(e.target) || place(e.target.closest && e.target.closest('.q') && e.target.closest('.q').querySelector('[data-evidence][data-url]'));
    var drop = box && box.querySelector('.drop');
    e.dataTransfer.dropEffect = box ? 'copy' : 'none';
    if (drop && drop.classList.contains('over-me')) return;
    calm();
    if (!drop) return;
    var count = e.dataTransfer.items ? e.dataTransfer.items.length : 1, text = drop.querySelector('span:not(.i)'), b = document.createElement('b');
    drop.classList.add('over-me');
    said.set(drop, Array.prototype.slice.call(text.childNodes));
    b.textContent = count === 1 ? says.dataset.letGoOne : words('letGoMany', count);
    text.replaceChildren(b);
  });
  document.addEventListener('dragleave', function (e) { if (!e.relatedTarget) calm(); });
  document.addEventListener('drop', function (e) {
    if (!hasFiles(e)) return;
    e.preventDefault();
    calm();
    var box = place(e.target) || place(e.target.closest('.q') && e.target.closest('.q').querySelector('[data-evidence][data-url]'));
    if (box) add(box, e.dataTransfer.files);
  });
  document.addEventListener('change', function (e) {
    var box = e.target.type === 'file' && place(e.target);
    if (!box) return;
    add(box, e.target.files);
    e.target.value = '';
  });
  document.addEventListener('focusin', function (e) { last = place(e.target); });
  document.addEventListener('click', function (e) { if (place(e.target)) last = place(e.target); });
  document.addEventListener('paste', function (e) {
    if (!e.clipboardData || !e.clipboardData.files.length) return;
    var q = e.target.closest && e.target.closest('.q[data-code]');
    var box = place(e.target) || (last && document.contains(last) ? last : null) || (q && q.querySelector('[data-evidence][data-url]'));
    var all = document.querySelectorAll('[data-evidence][data-url]');
    if (!box && all.length === 1) box = all[0];
    if (!box) return;
    e.preventDefault();
    add(box, e.clipboardData.files);
  });
})();
