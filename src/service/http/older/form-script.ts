/** The script of the page of /form, as text: it needs no build step. */

import { MODES, TEXTS } from './form-texts.js';

/** Milliseconds between two looks at a job that is not finished. */
const LOOK_MS = 500;

export const FORM_SCRIPT = `
const TEXTS = ${JSON.stringify(TEXTS)};
const MODES = ${JSON.stringify(MODES)};
const get = (id) => document.getElementById(id);
const form = get('form'), language = get('language'), access = get('access');
/** As in the dashboard. */
const TOKEN = 'fractal-token';
const REFUSED = new Error();
let lang = 'en', shown = '', timer, goOn = show;
const text = (key) => key.startsWith('color_mode') && key.length > 10 ? key.slice(10) + ': ' + MODES[lang][key.slice(10)] : TEXTS[lang][key];
function remember(key, value) { try { localStorage.setItem('fractal-' + key, value); } catch {} }
function recall(key) { try { return localStorage.getItem('fractal-' + key); } catch { return null; } }
function speak(to) {
  lang = to in TEXTS ? to : 'en';
  language.value = document.documentElement.lang = lang;
  for (const one of document.querySelectorAll('[data-text]')) one.textContent = text(one.dataset.text);
  list();
}
language.onchange = () => { remember('language', language.value); speak(language.value); show(); };
const values = () => Object.fromEntries(new FormData(form));
form.oninput = () => remember('form', JSON.stringify(values()));
function fill(from) { for (const [name, value] of Object.entries(from)) if (form.elements[name]) form.elements[name].value = value; }
/** The parameters of a job, as they were sent. */
const parametersOf = (id) => JSON.parse(recall('job-' + id) || '{}');
function list() {
  get('parameters').replaceChildren(...Object.entries(parametersOf(shown)).flatMap(([name, value]) => {
    const key = document.createElement('dt'), what = document.createElement('dd');
    key.textContent = text(name) || name;
    what.textContent = text(name + value) || value;
    return [key, what];
  }));
}
/** A request with the token of this tab. Without a known one it is asked for; 'goOn' then tries again. */
async function call(path, init = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const answer = await fetch(path, { ...init, headers: token ? { authorization: 'Bearer ' + token } : {} });
  if (answer.status !== 401) return answer;
  form.hidden = get('job').hidden = true;
  access.hidden = false;
  get('error').textContent = token ? text('token_wrong') : '';
  access.elements.token.focus();
  throw REFUSED;
}
access.onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, access.elements.token.value.trim());
  access.reset();
  reveal();
  goOn();
};
/** Shows the form, or the job that the address names. */
function reveal() {
  access.hidden = true;
  form.hidden = shown !== '';
  get('job').hidden = shown === '';
  get('error').textContent = '';
}
async function send(body) {
  get('error').textContent = '';
  goOn = () => send(body);
  try {
    const answer = await call('/api/submit-job', { method: 'PUT', body: JSON.stringify(body) });
    const { uuid, error, detail } = await answer.json();
    if (!uuid) throw new Error(error || detail);
    remember('job-' + uuid, JSON.stringify(body));
    location.hash = uuid;
  } catch (error) {
    if (error !== REFUSED) get('error').textContent = error instanceof TypeError ? text('unreachable') : error.message;
  }
}
form.onsubmit = (event) => { event.preventDefault(); send(values()); };
get('retry').onclick = () => send({ ...values(), ...parametersOf(shown) });
get('back').onclick = () => { location.hash = ''; };
async function show() {
  clearTimeout(timer);
  const id = shown = location.hash.slice(1);
  goOn = show;
  reveal();
  get('picture').hidden = true;
  list();
  if (id !== '') await look(id);
}
async function look(id) {
  let next = true;
  try {
    const answer = await call('/v1/jobs/' + encodeURIComponent(id));
    if (id !== shown) return;
    const job = answer.ok ? await answer.json() : { state: answer.status === 404 ? 'missing' : 'failed', error: { message: answer.status } };
    next = report(job);
    if (job.state === 'succeeded') await reveals(id);
  } catch (error) {
    if (error === REFUSED) return;
    get('state').textContent = text('unreachable');
  }
  if (next && id === shown) timer = setTimeout(() => look(id), ${LOOK_MS});
}
/** Whether the job goes on. */
function report({ state, progress, error }) {
  const known = { running: 'running', succeeded: 'done', failed: 'failed', cancelled: 'failed', missing: 'missing' };
  const goesOn = !['succeeded', 'failed', 'cancelled', 'missing'].includes(state);
  const share = progress && progress.samples ? progress.samplesDone / progress.samples : 0;
  get('state').textContent = text(known[state] || 'waiting') + (state === 'running' ? ' ' + Math.floor(100 * share) + ' %' : '');
  get('progress').hidden = !goesOn;
  get('progress').value = share;
  get('retry').hidden = goesOn;
  if (state === 'failed') get('error').textContent = error ? error.message : '';
  return goesOn;
}
/** Shows the picture. An image of a page would send no token. */
async function reveals(id) {
  const answer = await call('/api/get-image/' + encodeURIComponent(id));
  const bytes = await answer.blob();
  if (id !== shown) return;
  if (!answer.ok) { get('state').textContent = text('missing'); return; }
  const picture = get('picture');
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(bytes);
  picture.alt = JSON.stringify(parametersOf(id));
  picture.hidden = false;
}
addEventListener('hashchange', show);
fill(JSON.parse(recall('form') || '{"color_mode":"2"}'));
speak(recall('language') || 'en');
show();
`;
