/** The script of the page of /form, as text: it needs no build step. */

const ENGLISH = {
  title: 'A fractal',
  language: 'Language',
  width: 'Width',
  height: 'Height',
  block_size: 'Block size',
  samples: 'Samples a pixel',
  iterations: 'Iterations',
  camerax: 'Camera, real part',
  cameray: 'Camera, imaginary part',
  zoom: 'Zoom',
  type: 'Fractal',
  type0: 'Mandelbrot set',
  type1: 'Julia set',
  color_mode: 'Colours',
  submit: 'Render',
  retry: 'Render again',
  back: 'Back to the form',
  waiting: 'Waiting',
  running: 'Computing',
  done: 'Done',
  failed: 'Failed',
  missing: 'This picture does not exist any more',
  unreachable: 'The service does not answer',
};

const SPANISH: typeof ENGLISH = {
  title: 'Un fractal',
  language: 'Idioma',
  width: 'Ancho',
  height: 'Alto',
  block_size: 'Tamaño de bloque',
  samples: 'Muestras por píxel',
  iterations: 'Iteraciones',
  camerax: 'Cámara, parte real',
  cameray: 'Cámara, parte imaginaria',
  zoom: 'Zoom',
  type: 'Fractal',
  type0: 'Conjunto de Mandelbrot',
  type1: 'Conjunto de Julia',
  color_mode: 'Colores',
  submit: 'Calcular',
  retry: 'Calcular otra vez',
  back: 'Volver al formulario',
  waiting: 'En espera',
  running: 'Calculando',
  done: 'Listo',
  failed: 'Ha fallado',
  missing: 'Esta imagen ya no existe',
  unreachable: 'El servicio no responde',
};

const MODES = {
  en: [
    'black and white',
    'grey',
    'blue, green, red',
    'blue and orange',
    'colourful 1',
    'colourful 2',
    'sunset',
    'violet',
    'rainbow',
  ],
  es: [
    'blanco y negro',
    'grises',
    'azul, verde, rojo',
    'azul y naranja',
    'colores 1',
    'colores 2',
    'atardecer',
    'violeta',
    'arcoíris',
  ],
};

/** Milliseconds between two looks at a job that is not finished. */
const LOOK_MS = 500;

export const FORM_SCRIPT = `
const TEXTS = ${JSON.stringify({ en: ENGLISH, es: SPANISH })};
const MODES = ${JSON.stringify(MODES)};
const get = (id) => document.getElementById(id);
const form = get('form'), language = get('language');
let lang = 'en', shown = '', timer;
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
    what.textContent = value;
    return [key, what];
  }));
}
async function send(body) {
  get('error').textContent = '';
  try {
    const answer = await fetch('/api/submit-job', { method: 'PUT', body: JSON.stringify(body) });
    const { uuid, error } = await answer.json();
    if (!uuid) throw new Error(error);
    remember('job-' + uuid, JSON.stringify(body));
    location.hash = uuid;
  } catch (error) { get('error').textContent = error instanceof TypeError ? text('unreachable') : error.message; }
}
form.onsubmit = (event) => { event.preventDefault(); send(values()); };
get('retry').onclick = () => send({ ...values(), ...parametersOf(shown) });
get('back').onclick = () => { location.hash = ''; };
async function show() {
  clearTimeout(timer);
  const id = shown = location.hash.slice(1);
  form.hidden = id !== '';
  get('job').hidden = id === '';
  get('error').textContent = '';
  get('picture').hidden = true;
  list();
  if (id !== '') await look(id);
}
async function look(id) {
  let next = true;
  try {
    const answer = await fetch('/v1/jobs/' + encodeURIComponent(id));
    if (id !== shown) return;
    const job = answer.ok ? await answer.json() : { state: answer.status === 404 ? 'missing' : 'failed', error: { message: answer.status } };
    next = report(job, id);
  } catch { get('state').textContent = text('unreachable'); }
  if (next && id === shown) timer = setTimeout(() => look(id), ${LOOK_MS});
}
/** Whether the job goes on. */
function report({ state, progress, error }, id) {
  const known = { running: 'running', succeeded: 'done', failed: 'failed', cancelled: 'failed', missing: 'missing' };
  const goesOn = !['succeeded', 'failed', 'cancelled', 'missing'].includes(state);
  const share = progress && progress.samples ? progress.samplesDone / progress.samples : 0;
  get('state').textContent = text(known[state] || 'waiting') + (state === 'running' ? ' ' + Math.floor(100 * share) + ' %' : '');
  get('progress').hidden = !goesOn;
  get('progress').value = share;
  get('retry').hidden = goesOn;
  if (state === 'failed') get('error').textContent = error ? error.message : '';
  if (state === 'succeeded') {
    get('picture').src = '/api/get-image/' + encodeURIComponent(id);
    get('picture').alt = JSON.stringify(parametersOf(id));
    get('picture').hidden = false;
  }
  return goesOn;
}
addEventListener('hashchange', show);
fill(JSON.parse(recall('form') || '{"color_mode":"2"}'));
speak(recall('language') || 'en');
show();
`;
