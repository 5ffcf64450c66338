import { rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { APISERVER_SOCKET, GATEWAY_SOCKET, pair } from './sockets.ts';

/**
 * A process in the node's network namespace. A unix socket belongs to no network namespace, so one leads into this network
 * and one out of it:
 *
 * - GATEWAY_SOCKET speaks HTTP CONNECT. The API server reaches the kubelet, and the ingress controller the pods.
 * - API_PORT on the loopback interface leads to the API server, so its kubeconfigs work on the node as well.
 *
 * The argument is the node's folder, which holds the sockets.
 */
const [folder = ''] = process.argv.slice(2);
process.chdir(folder);

const gateway = createHttpServer((_, response) => response.writeHead(405).end());
gateway.on('connect', ({ url = '' }, socket, head) => {
  const target = /^\[?([^\]]+)\]?:(\d+)$/.exec(url);
  const port = Number(target?.[2]);
  if (!(port > 0 && port < 65_536)) {
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    return;
  }
  const upstream = connect({ host: target?.[1], port, noDelay: true, allowHalfOpen: true });
  upstream.once('connect', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.write(head);
    pair(socket, upstream);
  });
  upstream.once('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  socket.once('error', () => upstream.destroy());
});
rmSync(GATEWAY_SOCKET, { force: true });
gateway.listen(GATEWAY_SOCKET);

createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  pair(socket, connect({ path: APISERVER_SOCKET, allowHalfOpen: true }));
}).listen(Number(process.env['API_PORT']), '127.0.0.1');
