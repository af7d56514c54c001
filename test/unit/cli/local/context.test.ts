import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { type Env, readConfig, writeConfig } from '../../../../cli/config.js';
import { startIfNeeded } from '../../../../cli/local/context.js';
import { localPlace } from '../../../../cli/local/place.js';
import { freePort } from '../../../../cli/local/port.js';
import { processOf } from '../../../../cli/local/process.js';
import { writeState } from '../../../../cli/local/state.js';
import { resolveSettings, type SettingFlags } from '../../../../cli/settings.js';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.js';

const TOKEN = 'a'.repeat(64);

describe('startIfNeeded', () => {
  let home: TemporaryFolder;
  let env: Env;
  /** Stands for the local server. */
  let server: Server;
  let url: string;

  beforeEach(async () => {
    home = createTemporaryFolder();
    env = { HOME: home.path };
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const place = localPlace(env);
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(place.token, TOKEN);
    await writeState(place, { pid: process.pid, started: processOf(process.pid)?.started ?? '', url });
  });
  afterEach(() => {
    server.close();
    home.remove();
  });

  const needed = async (flags: SettingFlags): Promise<unknown> =>
    startIfNeeded(env, await resolveSettings(flags, env, () => 'ada'), new AbortController().signal);

  it('makes the context of a local server again that runs and was forgotten, where no other is chosen', async () => {
    expect(await needed({ server: url })).to.equal(undefined);
    expect(await needed({})).to.deep.equal({ url, token: TOKEN, started: false });
    const { currentContext, contexts } = await readConfig(env);
    expect(currentContext).to.equal('local');
    expect(contexts['local']).to.include({ server: url, token: TOKEN });
  });

  it('starts it for one command that names its context, and leaves that of all others', async () => {
    // Where it ran before.
    const before = `http://127.0.0.1:${await freePort()}`;
    const contexts = { prod: { server: 'https://tasks.example' }, local: { server: before } };
    await writeConfig(env, { currentContext: 'prod', contexts });
    expect(await needed({})).to.equal(undefined);
    expect(await needed({ context: 'local' })).to.deep.equal({ url, token: TOKEN, started: false });
    const config = await readConfig(env);
    expect(config.currentContext).to.equal('prod');
    expect(config.contexts['local']).to.include({ server: url, token: TOKEN });
  });
});
