import { once } from 'node:events';
import { expect } from 'chai';
import { checkSize, execInNode, forwardToNode } from '../../../../server/domain/connect.js';
import type { ExecInput, ExecOutput, ExecRequest } from '../../../../server/domain/ports.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, runningNode, view, waitingNode } from '../../../support/server/views.js';

const REQUEST: ExecRequest = { command: ['ls'], stdin: true, terminal: undefined };
const ADDRESS = { taskId: 'abc12345', node: 0 };

describe('a connection into a node', () => {
  const { signal } = new AbortController();
  let domain: FakeDomain;
  beforeEach(() => {
    domain = new FakeDomain();
  });

  async function* inputs<Input>(...items: Input[]): AsyncGenerator<Input, void, undefined> {
    yield* items;
  }

  async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
    const found: Item[] = [];
    for await (const item of items) found.push(item);
    return found;
  }

  it('tells what it is connected to, passes both ways, and is closed behind the exit', async () => {
    domain.show(view([runningNode(0), runningNode(1)]));
    const sent: ExecInput[] = [];
    let closed: AbortSignal | undefined;
    domain.connections = {
      ...domain.connections,
      exec: async (_pod, _request, inner) => {
        closed = inner;
        let bothSent = (): void => {};
        const ready = new Promise<void>((resolve) => (bothSent = resolve));
        async function* output(): AsyncGenerator<ExecOutput, void, undefined> {
          await ready;
          yield { kind: 'stdout', bytes: Buffer.from('hello') };
          yield { kind: 'exit', code: 3, message: '' };
        }
        return {
          output: output(),
          send: async (input) => {
            if (sent.push(input) === 2) bothSent();
          },
        };
      },
    };
    const given: ExecInput[] = [{ kind: 'stdin', bytes: Buffer.from('hi') }, { kind: 'end' }];
    const address = { ...ADDRESS, node: 1 };
    const outputs = await all(execInNode(domain, 'ann', address, REQUEST, inputs(...given), signal));
    const [started, ...rest] = outputs;
    expect(started).to.deep.include({ kind: 'started', node: 1 });
    expect(rest.map(({ kind }) => kind)).to.deep.equal(['stdout', 'exit']);
    expect(sent).to.deep.equal(given);
    expect(closed?.aborted).to.equal(true);
  });

  it('ends with what is wrong with an input', async () => {
    domain.show(view([runningNode(0)]));
    domain.connections = {
      ...domain.connections,
      exec: async (_pod, _request, inner) => {
        // Runs until it is cut.
        async function* output(): AsyncGenerator<ExecOutput, void, undefined> {
          await once(inner, 'abort');
          yield { kind: 'stdout', bytes: Buffer.from('last words') };
        }
        return { output: output(), send: async () => {} };
      },
    };
    async function* wrong(): AsyncGenerator<ExecInput, void, undefined> {
      yield { kind: 'stdin', bytes: Buffer.from('hi') };
      checkSize({ width: 0, height: 24 });
    }
    const failure = await failureOf(() => all(execInNode(domain, 'ann', ADDRESS, REQUEST, wrong(), signal)));
    expect(failure.violations).to.deep.equal([{ field: 'size.width', description: 'must be from 1 to 65535' }]);
  });

  for (const [what, node, reason, text] of [
    [
      'has ended',
      endedNode(0, 3),
      'NODE_NOT_RUNNING',
      /^node 0 of task abc12345 has ended \(exit code 3\).*jobs logs abc12345/,
    ],
    ['waits', waitingNode(0), 'NODE_NOT_RUNNING', /^node 0 of task abc12345 does not run yet/],
  ] as const) {
    it(`is refused with a node that ${what}`, async () => {
      domain.show(view([node]));
      const error = await failureOf(() => all(forwardToNode(domain, 'ann', ADDRESS, 80, inputs(), signal)));
      expect(error.reason).to.equal(reason);
      expect(error.message).to.match(text);
    });
  }

  it('is refused to others, and to nodes, ports, programs and sizes that cannot be', async () => {
    domain.show(view([runningNode(0)]));
    const exec = (user: string, address: typeof ADDRESS, request: ExecRequest) => () =>
      all(execInNode(domain, user, address, request, inputs<ExecInput>(), signal));
    const reasonOf = async (work: () => Promise<unknown>): Promise<string> => (await failureOf(work)).reason;
    expect(await reasonOf(exec('bob', ADDRESS, REQUEST))).to.equal('TASK_NOT_FOUND');
    expect(await reasonOf(exec('ann', { ...ADDRESS, node: 1 }, REQUEST))).to.equal('INVALID_ARGUMENT');
    expect(await reasonOf(exec('ann', ADDRESS, { ...REQUEST, command: [] }))).to.equal('INVALID_ARGUMENT');
    const terminal = { width: 0, height: 24 };
    expect(await reasonOf(exec('ann', ADDRESS, { ...REQUEST, terminal }))).to.equal('INVALID_ARGUMENT');
    const port = () => all(forwardToNode(domain, 'ann', ADDRESS, 70_000, inputs(), signal));
    expect(await reasonOf(port)).to.equal('INVALID_ARGUMENT');
  });
});
