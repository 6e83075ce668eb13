/** A DNS server (RFC 1035) that answers for every name with the addresses of a list, and NXDOMAIN while it is empty. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HEADER = 12;
/** An answer; authoritative. */
const FLAGS = 0x8400;
const NXDOMAIN = 3;
const TYPE_A = 1;

/** `addresses`: of IPv4, read at each question. */
export async function dnsServer(host: string, port: number, addresses: () => readonly string[]): Promise<() => void> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port: from }) => {
    let end = HEADER;
    while (message[end] !== 0) end += (message[end] as number) + 1;
    end += 5;
    const found = addresses();
    const answers = message.readUInt16BE(end - 4) === TYPE_A ? found : [];
    const head = Buffer.alloc(HEADER);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(FLAGS | (found.length === 0 ? NXDOMAIN : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(answers.length, 6);
    // The name of the question, type A, class IN, one second.
    const record = (ip: string) =>
      Buffer.from([0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...ip.split('.').map(Number)]);
    socket.send(Buffer.concat([head, message.subarray(HEADER, end), ...answers.map(record)]), from, address);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  return () => socket.close();
}
