/** What the WebAssembly module exports. Every function takes pointers into the one shared memory. */

export { iterate } from './direct';
export { distances } from './distance';
export { LANES_BYTES } from './lanes';
