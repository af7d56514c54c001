import { mkdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { readConfig } from '../../../../cli/config.js';
import { startIfNeeded } from '../../../../cli/local/context.js';
import { localPlace } from '../../../../cli/local/place.js';
import { processOf } from '../../../../cli/local/process.js';
import { writeState } from '../../../../cli/local/state.js';
import { resolveSettings } from '../../../../cli/settings.js';
import { createTemporaryFolder } from '../../../support/temporary-folder.js';

const TOKEN = 'a'.repeat(64);

describe('startIfNeeded', () => {
  it('makes the context of a local server again that runs and was forgotten, where no other is chosen', async () => {
    const home = createTemporaryFolder();
    const env = { HOME: home.path };
    const place = localPlace(env);
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(place.token, TOKEN);
    const url = 'http://127.0.0.1:8123';
    await writeState(place, { pid: process.pid, started: processOf(process.pid)?.started ?? '', url });
    const needed = async (flags: { server?: string }): Promise<unknown> =>
      startIfNeeded(env, await resolveSettings(flags, env, () => 'ada'), new AbortController().signal);
    try {
      expect(await needed({ server: 'http://127.0.0.1:8124' })).to.equal(undefined);
      expect(await needed({})).to.deep.equal({ url, token: TOKEN, started: false });
      const { currentContext, contexts } = await readConfig(env);
      expect(currentContext).to.equal('local');
      expect(contexts['local']).to.include({ server: url, token: TOKEN });
    } finally {
      home.remove();
    }
  });
});
