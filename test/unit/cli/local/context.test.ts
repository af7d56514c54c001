import { mkdirSync, writeFileSync } from 'node:fs';
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
  /** Of a server that is taken to run; nobody listens there. */
  let url: string;

  beforeEach(async () => {
    home = createTemporaryFolder();
    env = { HOME: home.path };
    url = `http://127.0.0.1:${await freePort()}`;
    const place = localPlace(env);
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(place.token, TOKEN);
    await writeState(place, { pid: process.pid, started: processOf(process.pid)?.started ?? '', url });
  });
  afterEach(() => home.remove());

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
    const contexts = { prod: { server: 'https://tasks.example' }, local: { server: url } };
    await writeConfig(env, { currentContext: 'prod', contexts });
    expect(await needed({})).to.equal(undefined);
    expect(await needed({ context: 'local' })).to.deep.equal({ url, token: TOKEN, started: false });
    const config = await readConfig(env);
    expect(config.currentContext).to.equal('prod');
    expect(config.contexts['local']).to.include({ server: url, token: TOKEN });
  });
});
