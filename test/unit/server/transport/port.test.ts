import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { type OpenPort, openPort } from '../../../../server/transport/port.js';
import { eventually } from '../../../support/server/eventually.js';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

describe('openPort', () => {
  let port: OpenPort;
  let seen: { kind: 'grpc' | 'http'; text: string; socket: Socket }[];
  const clients: Socket[] = [];

  beforeEach(async () => {
    seen = [];
    const accept =
      (kind: 'grpc' | 'http') =>
      (socket: Socket): void => {
        const entry = { kind, text: '', socket };
        seen.push(entry);
        socket.on('error', () => {});
        socket.on('data', (chunk: Buffer) => {
          entry.text += chunk.toString();
        });
        socket.resume();
      };
    port = await openPort('127.0.0.1', 0, { grpc: accept('grpc'), http: accept('http') });
  });
  afterEach(() => {
    port.close();
    for (const client of clients.splice(0)) client.destroy();
    for (const { socket } of seen) socket.destroy();
  });

  async function open(): Promise<Socket> {
    const client = connect({ port: port.address.port, host: '127.0.0.1', noDelay: true });
    client.on('error', () => {});
    clients.push(client);
    await new Promise((resolve) => client.once('connect', resolve));
    return client;
  }

  /** Writes and lets it arrive alone. */
  async function write(client: Socket, text: string): Promise<void> {
    await new Promise((resolve) => client.write(text, resolve));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  it('asks a caller that is silent for a minute whether it is still there', async () => {
    const { localPort = 0 } = await open();
    const hex = (number: number): string => number.toString(16).toUpperCase().padStart(4, '0');
    const ends = `:${hex(port.address.port)} 0100007F:${hex(localPort)} `;
    // The kernel's list of connections: state 01 (established), bytes that wait, timer 02 (keep-alive) with its hundredths of a second.
    const line = new RegExp(`${ends}01 \\S+ 02:(\\w+) `);
    const dueIn = (): number => Number.parseInt(line.exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1] ?? '', 16);
    await eventually(() => dueIn() >= 0);
    expect(dueIn()).to.be.within(0, 6000);
  });

  it('hands HTTP/2 to gRPC with every byte', async () => {
    (await open()).write(`${PREFACE}more`);
    await eventually(() => seen[0]?.text === `${PREFACE}more`);
    expect(seen[0]?.kind).to.equal('grpc');
  });

  it('hands HTTP/2 to gRPC although the preface comes byte by byte', async () => {
    const client = await open();
    for (const byte of PREFACE.slice(0, -1)) await write(client, byte);
    expect(seen, 'before it is whole').to.deep.equal([]);
    await write(client, '\n');
    await eventually(() => seen[0]?.text === PREFACE);
    expect(seen[0]?.kind).to.equal('grpc');
  });

  for (const request of [
    'GET / HTTP/1.1\r\n\r\n',
    'POST /tasks/submit HTTP/1.1\r\n',
    'PRI * HTTP/1.1\r\n\r\n',
    '\x16\x03\x01',
  ]) {
    it(`hands ${JSON.stringify(request)} to HTTP with every byte, in one piece or in many`, async () => {
      (await open()).write(request);
      const slow = await open();
      for (const byte of request) await write(slow, byte);
      await eventually(() => seen.length === 2 && seen.every(({ text }) => text === request));
      expect(seen.map(({ kind }) => kind)).to.deep.equal(['http', 'http']);
    });
  }

  it('lets go who hangs up without a word', async () => {
    const client = await open();
    client.end();
    await new Promise((resolve) => client.once('close', resolve));
    expect(seen).to.deep.equal([]);
  });

  it('takes no more connections once closed', async () => {
    port.close();
    const client = connect(port.address.port, '127.0.0.1');
    const error = await new Promise((resolve) => client.once('error', resolve));
    expect(error).to.have.property('code', 'ECONNREFUSED');
  });

  it('tells when it cannot be opened', async () => {
    const { port: taken } = port.address;
    const accept = (): void => {};
    const error = await openPort('127.0.0.1', taken, { grpc: accept, http: accept }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'EADDRINUSE');
  });
});
