/**
 * The page of /form: a form for one picture, its progress, then the picture with its parameters. Its texts are English
 * and Spanish; values and language are remembered by the browser, a token by the tab. The fragment of the URL names the job that is shown.
 */

import { FORM_SCRIPT } from './form-script.js';

const FIELDS: readonly (readonly [name: string, value: string, attributes: string])[] = [
  ['width', '800', 'min=1 step=1'],
  ['height', '600', 'min=1 step=1'],
  ['block_size', '4', 'min=1 step=1'],
  ['samples', '100', 'min=1 step=1'],
  ['iterations', '128', 'min=1 step=1'],
  ['camerax', '0', 'step=any'],
  ['cameray', '0', 'step=any'],
  ['zoom', '1', 'min=0 step=any'],
];

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 0 auto; padding: 1rem }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem }
h1 { font-size: 1.4rem }
form { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .8rem }
label { display: grid; gap: .2rem }
header label { display: flex; align-items: center; gap: .5rem }
input, select, button { font: inherit; padding: .4rem .6rem; min-width: 0 }
.row { display: flex; gap: .8rem; margin: 1rem 0; grid-column: 1 / -1 }
progress { width: 100% }
img { max-width: 100%; height: auto; display: block }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem }
dd { margin: 0 }
[hidden] { display: none !important }`;

const input = ([name, value, attributes]: readonly [string, string, string]) =>
  `<label><span data-text="${name}"></span><input name="${name}" type="number" value="${value}" ${attributes} required></label>`;

const select = (name: string, values: readonly number[]) =>
  `<label><span data-text="${name}"></span><select name="${name}">${values
    .map((value) => `<option value="${value}" data-text="${name}${value}"></option>`)
    .join('')}</select></label>`;

export const FORM = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>fractal</title><style>${STYLE}</style></head><body>
<header><h1 data-text="title"></h1>
<label><span data-text="language"></span><select id="language"><option value="en">English</option><option value="es">Español</option></select></label></header>
<form id="form">${FIELDS.map(input).join('\n')}
${select('type', [0, 1])}
${select('color_mode', [0, 1, 2, 3, 4, 5, 6, 7, 8])}
<div class="row"><button data-text="submit"></button></div></form>
<form id="access" hidden><p class="row" data-text="token_why"></p>
<label><span data-text="token"></span><input name="token" type="password" autocomplete="off" required></label>
<div class="row"><button data-text="go_on"></button></div></form>
<section id="job" hidden>
<p id="state" role="status"></p><progress id="progress" max="1"></progress>
<img id="picture" hidden><dl id="parameters"></dl>
<div class="row"><button id="retry" type="button" data-text="retry"></button><button id="back" type="button" data-text="back"></button></div>
</section><p id="error" role="alert"></p>
<script>${FORM_SCRIPT}</script></body></html>
`;
