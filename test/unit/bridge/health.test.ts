import { expect } from 'chai';
import { type BridgeOptions, createBridge, protobufMarshaler } from '../../../bridge/bridge.js';
import { ServingStatus } from '../../../bridge/health.js';
import { createBridgeServer } from '../../../bridge/server.js';
import { Code, StatusError } from '../../../bridge/status.js';
import { listen } from '../../gateway/listen.js';

describe('/healthz', () => {
  const asked: string[] = [];
  let status: ServingStatus;
  const closers: (() => Promise<void>)[] = [];
  beforeEach(() => {
    status = ServingStatus.SERVING;
    asked.length = 0;
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function get(path: string, options: Partial<BridgeOptions> = {}, accept = '*/*'): Promise<unknown[]> {
    const bridge = createBridge({
      services: [],
      health: async (service, { method }) => {
        asked.push(`${method} ${service}`);
        if (service === 'unknown') throw new StatusError(Code.NOT_FOUND, 'unknown service');
        return status;
      },
      ...options,
    });
    const server = await listen(createBridgeServer(bridge));
    closers.push(server.close);
    const url = `http://127.0.0.1:${server.port}`;
    const response = await fetch(url + path, { headers: { accept } });
    return [response.status, response.headers.get('content-type'), await response.text()];
  }

  it('tells that a service serves', async () => {
    expect(await get('/healthz?service=a.B')).to.deep.equal([200, 'application/json', '{"status":"SERVING"}\n']);
    expect(asked).to.deep.equal(['/grpc.health.v1.Health/Check a.B']);
  });

  it('tells that none does', async () => {
    status = ServingStatus.NOT_SERVING;
    const body = '{"code":14,"message":"status:NOT_SERVING","details":[]}';
    expect(await get('/healthz')).to.deep.equal([503, 'application/json', body]);
  });

  it('does not know every service', async () => {
    const body = '{"code":5,"message":"unknown service","details":[]}';
    expect(await get('/healthz?service=unknown')).to.deep.equal([404, 'application/json', body]);
  });

  it('is written as everything else is', async () => {
    const [, , body] = await get('/healthz', { marshal: { useEnumNumbers: true } });
    expect(body).to.equal('{"status":1}\n');
    const marshalers = { 'x/y': protobufMarshaler };
    expect(await get('/healthz', { marshalers }, 'x/y')).to.deep.equal([200, 'application/json', '\b\u0001']);
  });

  it('is there only when it was asked for', async () => {
    expect((await get('/healthz', { health: undefined }))[0]).to.equal(404);
  });
});
