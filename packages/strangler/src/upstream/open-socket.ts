import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** All plain connections are read into one buffer, one read after the other; what is kept is copied out of it. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

/**
 * Opens a connection to the origin of a URL. `onBytes` is given what is read, which is only there until it returns; false
 * asks for a pause until `resume` of the socket.
 */
export function openSocket(url: URL, onBytes: (bytes: Buffer) => boolean, onConnect: () => void): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'https:') return openTls(host, Number(url.port || 443), onBytes, onConnect);
  const callback = (length: number) => onBytes(readBuffer.subarray(0, length));
  const onread = { buffer: readBuffer, callback };
  return connect({ host, port: Number(url.port || 80), noDelay: true, onread }, onConnect);
}

function openTls(
  host: string,
  port: number,
  onBytes: (bytes: Buffer) => boolean,
  onConnect: () => void,
): Socket {
  const socket = connectTls({ host, port, servername: host, ALPNProtocols: ['http/1.1'] }, onConnect);
  socket.setNoDelay();
  return socket.on('data', (bytes: Buffer) => {
    if (!onBytes(bytes)) socket.pause();
  });
}
