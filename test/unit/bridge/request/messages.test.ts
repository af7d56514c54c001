import { expect } from 'chai';
import { JsonReader } from '../../../../bridge/json/reader.js';
import { parseMessages } from '../../../../bridge/request/messages.js';
import { Schema } from '../../../../bridge/schema.js';
import { StatusError } from '../../../../bridge/status.js';
import { protoMetadata } from '../../../../gen/k8scli/v1/task_service.js';

const schema = new Schema([protoMetadata]);
const json = new JsonReader(schema, {});

/** Task ids of a body, and the error that ended it. */
async function read(body: string, lenient: boolean): Promise<unknown[]> {
  const seen: unknown[] = [];
  const type = schema.message('k8scli.v1.GetTaskRequest');
  try {
    for await (const message of parseMessages(Promise.resolve(Buffer.from(body)), type, json, lenient)) {
      seen.push(message.taskId);
    }
  } catch (error) {
    expect(error).to.be.instanceOf(StatusError).and.include({ code: 3 });
    seen.push(String(error));
  }
  return seen;
}

describe('parseMessages', () => {
  it('yields values in a row, with anything or nothing blank between them', async () => {
    expect(await read('{"taskId":"a"}\n{"taskId":"b"}{}  ', false)).to.deep.equal(['a', 'b', '']);
    expect(await read(' \n', false)).to.deep.equal([]);
  });

  it('throws at the first that is none, or ends there', async () => {
    const body = '{"taskId":"a"}[]';
    const text = 'StatusError: proto: syntax error (line 1:1): unexpected token [';
    expect(await read(body, false)).to.deep.equal(['a', text]);
    expect(await read(body, true)).to.deep.equal(['a']);
  });
});
