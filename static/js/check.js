// The public check: a PDF is read and hashed on this device, and only its SHA-256 goes out. Without it there is a command.
(function () {
  'use strict';
  var form = document.getElementById('check'), input = document.getElementById('pdf');
  if (!form || !input) return;
  var MOST = 100 * 1048576;
  var field = form.elements.q, says = document.getElementById('check-says'), zone = document.getElementById('check-drop');
  // browsers work out hashes at https and on this machine itself, nowhere else
  if (!window.crypto || !window.crypto.subtle) { document.documentElement.classList.add('no-hash'); return; }

  function say(name, file) { says.textContent = says.dataset[name].replace('#1', file ? file.name : ''); }
  function hex(buffer) {
    return Array.from(new Uint8Array(buffer), function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }
  function isPdf(buffer) {
    var head = new Uint8Array(buffer, 0, Math.min(buffer.byteLength, 1024));
    return String.fromCharCode.apply(null, head).indexOf('%PDF-') >= 0;
  }
  // the number that the file says in its title, else in its name, goes into the field, unless somebody typed another
  // there: so a changed file is told from a strange one, whatever it is called
  function name(file, buffer) {
    var number = /vet-(\d{4})-(\d{4,6})(?!\d)/i, title = /<dc:title>[^]{0,400}?<\/dc:title>/.exec(new TextDecoder('latin1').decode(buffer));
    var found = (title && number.exec(title[0])) || number.exec(file.name);
    if (found && (!field.value.trim() || field.value === field.defaultValue)) field.value = found[0].toUpperCase();
  }
  function send(sha256) {
    var hidden = form.querySelector('input[name="file"]') || document.createElement('input');
    hidden.type = 'hidden'; hidden.name = 'file'; hidden.value = sha256;
    form.append(hidden);
    form.requestSubmit();
  }
  function check(files) {
    if (!files.length) return;
    var file = files[0];
    if (files.length > 1) { say('several'); return; }
    if (file.size > MOST) { say('large', file); return; }
    say('reading', file);
    file.arrayBuffer().then(function (buffer) {
      if (!isPdf(buffer)) { say('other', file); return null; }
      return crypto.subtle.digest('SHA-256', buffer).then(function (sha256) { name(file, buffer); send(hex(sha256)); });
    }).catch(function () { say('unread', file); });
  }

  input.addEventListener('change', function () { check(input.files); });
  // whatever is typed after a file was checked is a question of its own
  field.addEventListener('input', function () {
    var hidden = form.querySelector('input[name="file"]');
    if (hidden) hidden.remove();
  });
  // a file that misses the place is taken as well, rather than opened by the browser
  document.addEventListener('dragover', function (event) {
    if (!event.dataTransfer || !Array.prototype.includes.call(event.dataTransfer.types, 'Files')) return;
    event.preventDefault();
    zone.querySelector('.drop').classList.add('over-me');
  });
  document.addEventListener('dragleave', function (event) {
    if (!event.relatedTarget) zone.querySelector('.drop').classList.remove('over-me');
  });
  document.addEventListener('drop', function (event) {
    zone.querySelector('.drop').classList.remove('over-me');
    if (!event.dataTransfer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    check(event.dataTransfer.files);
  });
  // coming back to the page, the file that was chosen is not there any more
  window.addEventListener('pageshow', function () {
    says.textContent = '';
    input.value = '';
    var hidden = form.querySelector('input[name="file"]');
    if (hidden) hidden.remove();
  });
})();
