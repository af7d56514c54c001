import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { uniqueName, useHouse } from '../support/house.js';
import { BASH, BASH_ENV, Shell } from '../support/shell.js';
import { KEYS, useTerminals } from '../support/terminal.js';

/** Prints a line as soon as a file is there, whose name the line has. */
const ON_DEMAND =
  'echo ready; for n in 1 2 3; do until [ -e /tmp/$n ]; do sleep 0.1; done; echo line $n; done; sleep 3000 & wait';
const LONG_NAME = 'a-task-with-quite-a-long-name-that-no-narrow-terminal-has-room-for';
/** A text whose characters take two columns each. */
const WIDE = '東京の機械学習タスクは狭い端末には長すぎる行を書いてから失敗する';
const RED = 1;

describe('in a terminal', () => {
  const house = useHouse();
  const open = useTerminals(house);
  let running: string;
  let failed: string;

  const openShell = (columns = 80, env: Readonly<Record<string, string>> = {}): Shell =>
    new Shell(open(BASH, { columns, env: { ...BASH_ENV, ...env } }));

  before('a task that runs, and one that failed', async () => {
    const run = `echo '${WIDE}'; exit 3`;
    [{ task_id: running }, { task_id: failed }] = await Promise.all([
      house.submit({ name: LONG_NAME, run: ON_DEMAND }),
      house.submit({ name: 'wide', run }),
    ]);
    await Promise.all([house.until(running, 'running'), house.until(failed, 'failed')]);
  });

  it('a log is followed, left with Ctrl+Z, and followed again with fg without a lost line; Ctrl+C ends that', async () => {
    const shell = openShell();
    await shell.enter(`k8s-cli jobs logs ${running}`);
    await shell.shows(/^ready$/m);
    shell.terminal.type(KEYS.ctrlZ);
    expect((await shell.done()).text).to.match(/Stopped/);
    await house.touch(running, '/tmp/1');
    await house.touch(running, '/tmp/2');
    await eventually(async () => expect(await house.log(running, '?follow=false')).to.include('line 2'));
    expect((await shell.run('jobs')).text)
      .to.match(/Stopped/)
      .and.not.to.contain('line');
    await shell.enter('fg');
    await shell.shows(/^line 2$/m);
    await house.touch(running, '/tmp/3');
    await shell.shows(/^line 3$/m);
    shell.terminal.type(KEYS.ctrlC);
    const { text, code } = await shell.done();
    expect(text).to.match(/^k8s-cli jobs logs \S+\nline 1\nline 2\nline 3\n\^C\nStopped following, the task goes on/);
    expect(code).to.equal(130);
    expect((await house.task(running)).status).to.equal('running');
  });

  it('a program in a node has that terminal: its size, also when it changes, its keys and its exit code', async () => {
    const shell = openShell(100);
    await shell.enter(`k8s-cli jobs exec ${running} -- sh`);
    await shell.shows(/^# $/m);
    shell.terminal.type('stty size; sleep 3000\r');
    await shell.shows(/^24 100$/m);
    shell.terminal.resize(77, 44);
    shell.terminal.type(KEYS.ctrlC);
    shell.terminal.type('until [ "$(stty size)" = "44 77" ]; do sleep 0.1; done; echo "re""sized"; exit 7\r');
    await shell.shows(/resized$/m);
    expect((await shell.done()).code).to.equal(7);
    expect((await shell.run('stty -a')).text)
      .to.match(/ icanon /)
      .and.to.match(/ echo /);
  });

  it('and gets its keys again after a stop', async () => {
    const shell = openShell();
    const { terminal } = shell;
    await shell.enter(`bash -c 'echo $$ >pid; exec k8s-cli jobs exec ${running} -- sh'`);
    await shell.shows(/^# $/m);
    process.kill(Number(readFileSync(join(house.folder, 'pid'), 'utf8')), 'SIGTSTP');
    await shell.done();
    await shell.enter('fg');
    await shell.shows(/exec k8s-cli/);
    terminal.type(`echo "be""gun"; sleep 3000${KEYS.enter}`);
    await shell.shows(/begun$/m);
    terminal.type(`${KEYS.ctrlC}exit 9${KEYS.enter}`);
    expect((await shell.done()).code).to.equal(9);
  });

  for (const columns of [40, 80, 200]) {
    it(`tables fit ${columns} columns`, async () => {
      const shell = openShell(columns);
      for (const command of [
        'jobs list',
        'jobs list --all-users',
        'jobs list --details',
        `jobs status ${running}`,
        `jobs status ${failed}`,
        'doctor',
        'help exit-codes',
      ]) {
        const { lines, text, code } = await shell.run(`k8s-cli ${command}`);
        expect(code, text).to.equal(0);
        expect(lines.filter(({ rows }) => rows > 1)).to.deep.equal([]);
      }
    });
  }

  it('nothing is cut where all is asked for, and nothing in a pipe', async () => {
    const shell = openShell(40);
    for (const command of ['jobs list -o wide', 'jobs list | cat']) {
      expect((await shell.run(`k8s-cli ${command}`)).text).to.contain(LONG_NAME);
    }
  });

  it('states have their colours, unless NO_COLOR or --no-color is there', async () => {
    const shell = openShell();
    for (const [command, colours] of [
      ['NO_COLOR=1 k8s-cli jobs list', []],
      ['k8s-cli --no-color jobs list', []],
      ['k8s-cli jobs list', [RED]],
    ] as const) {
      await shell.run(`clear; ${command}`);
      expect(shell.terminal.coloursOf(/\bfailed\b/), command).to.deep.equal(colours);
    }
  });

  it('a list that is watched is drawn anew when the size changes and after Ctrl+Z', async () => {
    const shell = openShell(80);
    const { terminal } = shell;
    await shell.enter('clear; k8s-cli jobs list --watch');
    await terminal.shows(/^ID .*REASON/m);
    terminal.resize(40, 24);
    await terminal.until(() => /^ID +NAME +STATUS( |$)/.test(terminal.screen()[0] ?? ''), 'a list of 40 columns');
    await terminal.until((lines) => lines.every(({ rows }) => rows === 1), 'nothing that is too long');
    terminal.resize(200, 24);
    await terminal.shows(new RegExp(LONG_NAME));
    expect(terminal.screen().filter((row) => row.startsWith('ID'))).to.have.length(1);
    terminal.type(KEYS.ctrlZ);
    await shell.done();
    await shell.enter('clear; fg');
    await terminal.until(() => terminal.screen()[1]?.startsWith('ID '), 'the list once more');
    const { task_id: id } = await house.submit({ name: 'newer', run: 'true' });
    await terminal.until(() => terminal.screen()[2]?.startsWith(id), 'the new task');
    terminal.type(KEYS.ctrlC);
    expect((await shell.done()).code).to.equal(130);
  });

  for (const columns of [40, 80, 200]) {
    it(`in ${columns} columns one line says what a task waits for, and goes without a trace`, async () => {
      house.file('late.yaml', 'resources: {cpus: "500"}\nrun: echo never\n');
      const shell = openShell(columns);
      await shell.enter('k8s-cli jobs submit late.yaml');
      await shell.shows(/^waiting: .* \(\d+ s\)$/m);
      shell.terminal.type(KEYS.ctrlC);
      const { text, code } = await shell.done();
      expect(code).to.equal(130);
      expect(text).not.to.match(/^waiting/m);
    });
  }

  it('that line becomes shorter with the terminal', async () => {
    const shell = openShell(100);
    await shell.enter('k8s-cli jobs submit late.yaml');
    await shell.shows(/^waiting: .{40,} \(\d+ s\)$/m);
    shell.terminal.resize(50, 24);
    await shell.shows(/^waiting: .{1,36} \(\d+ s\)$/m);
    shell.terminal.type(KEYS.ctrlC);
    expect((await shell.done()).code).to.equal(130);
  });

  it('asks before much is stopped; no, Ctrl+C and the end of the input change nothing', async () => {
    const shell = openShell();
    const { terminal } = shell;
    for (const [keys, code] of [
      [`n${KEYS.enter}`, 1],
      [KEYS.enter, 1],
      [KEYS.ctrlD, 1],
      [KEYS.ctrlC, 130],
    ] as const) {
      await shell.enter('k8s-cli jobs stop --all');
      await shell.shows(/\[y\/N\] ?$/m);
      terminal.type(keys);
      expect((await shell.done()).code).to.equal(code);
    }
    expect((await house.task(running)).status).to.equal('running');
    const user = uniqueName('yes');
    const { task_id: id } = await house.submit({ run: 'sleep 3000' }, { user });
    await shell.enter(`k8s-cli jobs stop --all --user ${user}`);
    await shell.shows(/\[y\/N\] ?$/m);
    terminal.type(`y${KEYS.enter}`);
    expect((await shell.done()).code).to.equal(0);
    expect((await house.task(id, user)).stop).not.to.equal(null);
  });

  it('is quiet when a reader has seen enough', async () => {
    const shell = openShell();
    await shell.run('set -o pipefail');
    const { text, code } = await shell.run(`k8s-cli jobs exec ${running} -- seq 1000000 | head -n 1`);
    expect(text).to.equal('1\n');
    expect(code).to.equal(141);
  });
});
