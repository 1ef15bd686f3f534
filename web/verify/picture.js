// A photo or a screenshot on the pages that check: its QR code is read here, and its text goes the way of pasted ones.
import { decodeFile } from './decode.js';

const $ = (id) => document.getElementById(id);
$('picture-form').hidden = false;
$('picture-file').addEventListener('change', async (e) => {
  const [file] = e.target.files;
  if (!file) return;
  const text = await decodeFile(file).catch(() => null);
  if (text) {
    $('picture-text').value = text;
    $('picture-form').requestSubmit();
  } else {
    $('picture-state').textContent = $('picture').dataset.noCode;
  }
  e.target.value = '';
});
