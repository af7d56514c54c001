import { expect } from 'chai';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Client, createClient } from '../../../client/client.js';
import { openLocalPort } from '../../../cli/local-port.js';
import { type ScriptedServer, startScriptedServer } from '../client/support/scripted-server.js';

describe('openLocalPort', () => {
  const REMOTE = { taskId: 'abc12345', node: 0, port: 80 };
  let server: ScriptedServer;
  let client: Client;
  const over = new AbortController();

  before(async () => {
    server = await startScriptedServer({
      stream: {
        // Answers at once and closes, whatever the caller may have to say.
        forwardTaskPort: (call) => {
          call.write({ data: Buffer.from('bye') });
          call.end();
        },
      },
    });
    client = createClient({ url: server.url, user: 'alice' });
  });
  after(async () => {
    over.abort();
    client.close();
    await server.close();
  });

  it('reads what a caller still sends behind the last answer, so that it sees the caller’s end', async () => {
    const failures: string[] = [];
    const port = await openLocalPort(client, REMOTE, 0, over.signal, (message) => failures.push(message));
    const caller = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const answer: Buffer[] = [];
    caller.on('data', (piece: Buffer) => answer.push(piece));
    await once(caller, 'end');
    expect(Buffer.concat(answer).toString()).to.equal('bye');
    // In pieces, and more than the buffers of the connection hold.
    for (let at = 0; at < 64; at += 1) {
      if (!caller.write(Buffer.alloc(1024 * 1024))) await once(caller, 'drain');
    }
    caller.end();
    await once(caller, 'close');
    expect(failures).to.deep.equal([]);
  });
});
