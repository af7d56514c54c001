import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecOutput, ExecRequest } from '../../../../../server/domain/ports.js';
import { createPodConnections } from '../../../../../server/kubernetes/connections/pod-connections.js';
import { pathsOf } from '../../../../../server/kubernetes/paths.js';
import { failureOf } from '../../../../support/server/failure.js';

const POD = { name: 'p', uid: 'u', containerName: 'task' };
const REQUEST: ExecRequest = { command: ['a', 'b c'], stdin: true, terminal: undefined };

describe('connections into pods', () => {
  const { signal } = new AbortController();
  let server: Server;
  let sockets: WebSocketServer;
  let renewed: boolean[];
  /** What the API server does with the next connections. */
  let refuse: { readonly code: number; readonly body: string }[];
  let serve: (socket: WebSocket) => void;

  beforeEach(async () => {
    renewed = [];
    refuse = [];
    sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
    server = createServer().on('upgrade', (message, socket, head) => {
      const refusal = refuse.shift();
      if (refusal) {
        socket.end(`HTTP/1.1 ${refusal.code} No\r\nContent-Length: ${refusal.body.length}\r\n\r\n${refusal.body}`);
        return;
      }
      sockets.handleUpgrade(message, socket, head, (opened) => serve(opened));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });

  function connections(): ReturnType<typeof createPodConnections> {
    const credentials = async (renew: boolean) => {
      renewed.push(renew);
      return { headers: { authorization: 'Bearer t' }, tls: {}, tlsKey: '' };
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { server: url, proxyUrl: undefined, namespace: undefined, name: 'c', credentials };
    return createPodConnections(config, pathsOf('n'));
  }

  async function outputOf(request: ExecRequest = REQUEST): Promise<ExecOutput[]> {
    const { output } = await connections().exec(POD, request, signal);
    const outputs: ExecOutput[] = [];
    for await (const one of output) outputs.push(one);
    return outputs;
  }

  const status = (body: object): Buffer => Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(body))]);

  it('renew credentials that are not accepted any more, once', async () => {
    refuse = [{ code: 401, body: '{}' }];
    serve = (socket) => socket.send(status({ status: 'Success' }));
    expect(await outputOf()).to.deep.equal([{ kind: 'exit', code: 0, message: '' }]);
    expect(renewed).to.deep.equal([false, true]);
  });

  it('say which right the server lacks', async () => {
    refuse = [{ code: 403, body: '{"reason":"Forbidden","message":"pods \\"p\\" is forbidden: "}' }];
    const error = await failureOf(outputOf);
    expect(error.reason).to.equal('CLUSTER_FORBIDDEN');
    expect(error.message).to.match(/pods "p" is forbidden; the server's role needs get and create on pods\/exec$/);
  });

  for (const body of ['{"code":404,"message":"pods \\"p\\" not found"}', 'container not found ("task")']) {
    it(`tell of a node that is gone: ${body}`, async () => {
      refuse = [{ code: body.startsWith('{') ? 404 : 500, body }];
      expect((await failureOf(outputOf)).reason).to.equal('NODE_NOT_RUNNING');
    });
  }

  it('tell a connection that breaks from an end', async () => {
    serve = (socket) => socket.send(Buffer.from([1, 65]), () => socket.terminate());
    expect((await failureOf(outputOf)).reason).to.equal('CONNECTION_LOST');
    serve = (socket) => socket.close(1000);
    expect((await failureOf(outputOf)).reason).to.equal('CONNECTION_LOST');
  });

  it('do not begin what could never be told that its input has ended', async () => {
    sockets.options.handleProtocols = () => 'v4.channel.k8s.io';
    serve = () => {};
    const error = await failureOf(outputOf);
    expect(error.message).to.contain('Kubernetes 1.30');
    serve = (socket) => socket.send(status({ status: 'Success' }));
    expect(await outputOf({ ...REQUEST, stdin: false })).to.have.length(1);
  });

  it('send only as fast as is read', async () => {
    const paused = new Promise<WebSocket>((resolve) => {
      serve = (socket) => {
        socket.pause();
        resolve(socket);
      };
    });
    const forward = await connections().forward(POD, 80, signal);
    const socket = await paused;
    let sent = 0;
    const sending = (async () => {
      for (; sent < 800; sent += 1) await forward.send(Buffer.alloc(64 * 1024));
    })();
    // Until the buffers of the two sockets are full; far less than the 50 MB there are.
    let before = -1;
    while (sent !== before) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent).to.be.lessThan(600);
    socket.resume();
    await sending;
  });
});
