// Stands between everybody and the fake clinic, and counts what is asked of its
// API. It can also be cut off, as a network is.
import { Agent, createServer, request } from 'node:http';

/** @param {string} target the API's address, such as http://127.0.0.1:40495/v1 */
export async function startMeter(target) {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const asked = [];
  const server = createServer((from, answer) => {
    if (from.url.startsWith('/v1/')) asked.push(`${from.method} ${from.url}`);
    const { method, url: path, headers } = from;
    // The Host stays as it is: the clinic makes its links from it.
    const to = request({ agent, hostname, port, method, path, headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    to.on('error', () => answer.destroy());
    answer.on('close', () => to.destroy());
    from.pipe(to);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    address: `${origin}/v1`,
    /** The requests to the API so far. */
    asked: () => [...asked],
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}
