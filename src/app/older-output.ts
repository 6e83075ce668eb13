/** Where a picture of the older MPI renderer goes that is not a file. */

export { sendPicture } from '../service/older/network-output.js';
