import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { ClientError } from '../../../../client/errors.js';
import { localPlace } from '../../../../cli/local/place.js';
import { processOf } from '../../../../cli/local/process.js';
import { writeState } from '../../../../cli/local/state.js';
import { createLossTeller, type LossTeller } from '../../../../cli/output/lost-connection.js';
import type { Settings } from '../../../../cli/settings.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

const STOPPING = new ClientError('the server is stopping', { code: 'UNAVAILABLE' });
const REFUSED = new ClientError('14 UNAVAILABLE', { code: 'UNAVAILABLE', unreachable: 'connection refused' });
const CLUSTER = new ClientError('cannot reach the cluster', { code: 'UNAVAILABLE', reason: 'CLUSTER_UNAVAILABLE' });
const LOCAL: Settings = {
  server: 'http://127.0.0.1:8000',
  serverOrigin: 'config',
  user: 'ada',
  userOrigin: 'config',
  token: undefined,
  context: 'local',
};
const ENDED =
  'k8s-cli: the local server has ended; start it with k8s-cli local start, and this goes on; Ctrl+C gives up\n';

describe('createLossTeller', () => {
  let home: TemporaryFolder;
  let told: string[];

  beforeEach(() => {
    home = createTemporaryFolder();
    told = [];
  });
  afterEach(() => home.remove());

  function teller(settings: Settings): LossTeller {
    return createLossTeller({
      env: { HOME: home.path },
      settings: () => Promise.resolve(settings),
      note: async (text) => void told.push(text),
    });
  }

  const lost = (why: string, url = LOCAL.server): string =>
    `k8s-cli: connection lost (${why}); going on as soon as the server at ${url} is back, Ctrl+C gives up\n`;

  it('tells once of each loss', async () => {
    const server = 'https://tasks.example';
    const loss = teller({ ...LOCAL, server, context: 'prod' });
    await loss.lost(STOPPING);
    await loss.lost(REFUSED);
    loss.heard();
    await loss.lost(REFUSED);
    expect(told).to.deep.equal([lost('the server is stopping', server), lost('connection refused', server)]);
  });

  it('tells of a stream only when the first try to open it again has failed, and of several as of one', async () => {
    const loss = teller(LOCAL);
    const [one, other] = [loss.stream(), loss.stream()];
    const error = REFUSED;
    await one.onReconnect({ attempt: 1, delayMs: 0, error });
    await other.onReconnect({ attempt: 1, delayMs: 0, error });
    expect(told).to.deep.equal([]);
    await one.onReconnect({ attempt: 2, delayMs: 0, error });
    one.heard();
    await other.onReconnect({ attempt: 2, delayMs: 0, error });
    expect(told).to.deep.equal([ENDED]);
    other.heard();
    await one.onReconnect({ attempt: 1, delayMs: 0, error });
    await one.onReconnect({ attempt: 2, delayMs: 0, error });
    expect(told).to.deep.equal([ENDED, ENDED]);
  });

  it('tells besides that the local server has ended, and how to start it', async () => {
    const place = localPlace({ HOME: home.path });
    mkdirSync(place.folder, { recursive: true });
    const own = processOf(process.pid);
    await writeState(place, { pid: process.pid, started: own?.started ?? '', url: LOCAL.server });
    const loss = teller(LOCAL);
    await loss.lost(STOPPING);
    await writeState(place, { pid: process.pid, started: 'another one', url: LOCAL.server });
    await loss.lost(REFUSED);
    // It is being started again.
    await writeState(place, { pid: process.pid, started: own?.started ?? '', url: LOCAL.server });
    await loss.lost(REFUSED);
    expect(told).to.deep.equal([lost('the server is stopping'), ENDED]);
  });

  it('tells of a server that answers what its cluster does, not that the connection is lost', async () => {
    const loss = teller(LOCAL);
    await loss.lost(CLUSTER);
    await loss.lost(CLUSTER);
    await loss.lost(REFUSED);
    // It was started again.
    await loss.lost(CLUSTER);
    const away = 'k8s-cli: cannot reach the cluster; trying again, Ctrl+C gives up\n';
    expect(told).to.deep.equal([away, ENDED, away]);
  });

  it('tells nothing else of a local server that ended at once', async () => {
    const loss = teller(LOCAL);
    await loss.lost(REFUSED);
    await loss.lost(REFUSED);
    expect(told).to.deep.equal([ENDED]);
  });
});
