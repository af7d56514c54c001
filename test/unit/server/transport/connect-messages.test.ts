import { expect } from 'chai';
import { ExecTaskRequest } from '../../../../gen/k8scli/v1/task_service.js';
import { execInputs } from '../../../../server/transport/connect-messages.js';

describe('execInputs', () => {
  const bytes = Buffer.from('hi');
  const kindsOf = async (takesInput: boolean, ...requests: Partial<ExecTaskRequest>[]): Promise<string[]> => {
    async function* sent(): AsyncGenerator<ExecTaskRequest, void, undefined> {
      for (const request of requests) yield ExecTaskRequest.fromPartial(request);
    }
    const kinds: string[] = [];
    for await (const { kind } of execInputs(sent(), takesInput)) kinds.push(kind);
    return kinds;
  };

  it('ends the input once, where that is said or else with the stream', async () => {
    expect(await kindsOf(true, { stdin: bytes })).to.deep.equal(['stdin', 'end']);
    const resize = { width: 80, height: 24 };
    expect(await kindsOf(true, { stdin: bytes, stdinEnd: true }, { resize })).to.deep.equal(['stdin', 'end', 'resize']);
  });

  it('ends no input that there is not', async () => {
    expect(await kindsOf(false)).to.deep.equal([]);
  });
});
