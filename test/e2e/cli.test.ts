import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import type { SubmittedJson, TaskJson } from '../support/task-json.js';

describe('the command line', () => {
  const house = useHouse();

  it('prints the id at once and goes on with the log', async () => {
    const file = house.file('late.yaml', 'resources: {cpus: "500"}\nrun: echo never\n');
    const program = house.startCli(['jobs', 'submit', file]);
    const [, id = ''] = await program.seen('stdout', /^Task ([a-z0-9]{8}) submitted\n/);
    await program.seen('stderr', /^waiting: .*Insufficient cpu/m);
    await house.cli(['jobs', 'stop', id]);
    expect((await program.ended).code).to.equal(122);
  });

  it('Ctrl+C stops the following, never the task, and says how to come back', async () => {
    const file = house.file('long.yaml', 'run: echo begun; sleep 600 & wait\n');
    const program = house.startCli(['jobs', 'submit', file]);
    await program.seen('stdout', /^begun$/m);
    program.kill('SIGINT');
    const { code, stdout, stderr } = await program.ended;
    const [, id = ''] = /^Task (\S+) submitted$/m.exec(stdout) ?? [];
    expect(code).to.equal(130);
    expect(stderr).to.contain(`Stopped following, the task goes on. To come back: k8s-cli jobs logs ${id}\n`);
    expect(await house.task(id)).to.include({ status: 'running', stop: null });
    const again = house.startCli(['jobs', 'logs', id]);
    await again.seen('stdout', /^begun$/m);
    again.kill('SIGINT');
    expect((await again.ended).code).to.equal(130);
    expect((await house.cli(['jobs', 'stop', id])).code).to.equal(0);
    await house.until(id, 'stopped');
    expect((await house.cli(['jobs', 'logs', id])).code).to.equal(122);
  });

  it('--detach prints nothing but the id, and the log can be had later', async () => {
    const file = house.file('short.yaml', 'name: short\nrun: echo done; exit 123\n');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '-d']);
    expect({ code }, stderr).to.deep.equal({ code: 0 });
    expect(stdout).to.match(/^[a-z0-9]{8}\n$/);
    const logs = await house.cli(['jobs', 'logs', stdout.trim()]);
    expect(logs).to.include({ code: 123, stdout: 'done\n' });
    expect(logs.stderr).to.match(/failed after .*: exit code 123$/m);
  });

  it('-o json tells a task that ends with 123 from one that is not found', async () => {
    const file = house.file('odd.yaml', 'run: echo to stderr; exit 123\n');
    const { code, stdout, stderr } = await house.cli(['jobs', 'submit', file, '-o', 'json']);
    expect(code).to.equal(123);
    expect(stderr).to.contain('to stderr\n');
    const [answer = '', final = ''] = stdout.trimEnd().split('\n');
    const { task_id: id } = JSON.parse(answer) as SubmittedJson;
    expect(JSON.parse(final) as TaskJson).to.include({ task_id: id, status: 'failed' });
    // The server may note something in the record between the two looks.
    await eventually(async () => {
      const status = await house.cli(['jobs', 'status', id, '-o', 'json']);
      expect(JSON.parse(status.stdout)).to.deep.equal(await house.task(id));
    });
    const unknown = await house.cli(['jobs', 'status', 'zzzzzzzz', '-o', 'json']);
    expect(unknown).to.include({ code: 123, stdout: '' });
  });

  it('runs a task again with its secrets, finds it by the beginning of its id, and lists what is asked for', async () => {
    const user = uniqueName('again');
    const file = house.file('again.yaml', 'name: again\nsecrets: {WORD: plum}\nrun: echo "the word is $WORD"\n');
    const first = await house.cli(['jobs', 'submit', file, '-d'], { user });
    const id = first.stdout.trim();
    expect(await house.cli(['jobs', 'logs', id.slice(0, 7)], { user })).to.include({
      code: 0,
      stdout: 'the word is plum\n',
    });
    const rerun = await house.cli(['jobs', 'rerun', id], { user });
    expect(rerun.stdout).to.match(/^Task \S+ submitted\nthe word is plum\n$/);
    const [, last = ''] = /^Task (\S+)/.exec(rerun.stdout) ?? [];
    const status = await house.cli(['jobs', 'status', '-o', 'name'], { user });
    expect(status).to.include({ code: 0, stdout: `${last}\n`, stderr: `Your last task is ${last} (again)\n` });
    const list = async (...filters: string[]): Promise<string> =>
      (await house.cli(['jobs', 'list', '-o', 'name', ...filters], { user })).stdout;
    expect(await list('--status', 'completed', '--name', 'again', '--since', '1h')).to.equal(`${last}\n${id}\n`);
    expect(await list('--limit', '1')).to.equal(`${last}\n`);
    expect(await list('--status', 'failed')).to.equal('');
  });

  it('submits several files, or none of them', async () => {
    const user = uniqueName('several');
    const files = ['one', 'two'].map((name) => house.file(`${name}.yaml`, `name: ${name}\nrun: echo ${name}\n`));
    const bad = house.file('three.yaml', 'run: []\n');
    expect(await house.cli(['jobs', 'submit', ...files, bad], { user })).to.include({ code: 2, stdout: '' });
    expect((await house.cli(['jobs', 'list', '-o', 'name'], { user })).stdout).to.equal('');
    const { code, stdout } = await house.cli(['jobs', 'submit', ...files], { user });
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Task \S+ submitted\nTask \S+ submitted\none\ntwo\n$/);
  });

  it('finds nothing wrong with server and cluster', async () => {
    const { code, stdout } = await house.cli(['doctor', '-o', 'json']);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] };
    expect(checks.map(({ name }) => name)).to.have.members([
      'configuration',
      'server',
      'access',
      'cluster',
      'namespace',
      'permissions',
      'machines',
      'gpus',
      'storage',
    ]);
    expect(
      checks.filter(({ status }) => status === 'failed'),
      stdout,
    ).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(JSON.parse((await house.rest('GET', '/diagnose')).text))
      .to.have.property('checks')
      .that.has.length(6);
  });

  it('says which server there is when it starts', () => {
    const { namespace } = house.kubernetes;
    expect(house.server.readyLine).to.match(/ready at http:\/\/127\.0\.0\.1:\d+ \(cluster \S+ at https:\/\/\S+, /);
    expect(house.server.readyLine).to.contain(`namespace ${namespace}`);
  });

  it('warnings reach the user', async () => {
    const file = house.file('warned.yaml', 'resources: {use_spot: true, disk_size: 50}\nrun: "true"\n');
    const { code, stderr } = await house.cli(['jobs', 'submit', file]);
    expect(code).to.equal(0);
    expect(stderr)
      .to.match(/^warning: .*use_spot/m)
      .and.to.match(/^warning: .*disk_size/m);
  });
});
