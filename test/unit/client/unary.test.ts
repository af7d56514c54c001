import type { Client } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { expect } from 'chai';
import { callUnary } from '../../../client/unary.js';

describe('callUnary', () => {
  const METHOD = {
    path: '/service/Method',
    requestSerialize: (text: string): Buffer => Buffer.from(text),
    responseDeserialize: (bytes: Buffer): { readonly text: string } => ({ text: bytes.toString() }),
  };

  it('takes the answer out of all that gRPC keeps of the call', async () => {
    const kept: unknown[] = [];
    const client = {
      makeUnaryRequest: (
        _path: string,
        _serialize: unknown,
        deserialize: (bytes: Buffer) => unknown,
        _request: unknown,
        _metadata: unknown,
        _options: unknown,
        callback: (error: null, answer: unknown) => void,
      ) => {
        const answer = deserialize(Buffer.from('hello'));
        kept.push(answer);
        queueMicrotask(() => callback(null, answer));
      },
    } as unknown as Client;
    const { signal } = new AbortController();
    const answer = await callUnary(client, METHOD, 'request', new Metadata(), 1000, signal);
    expect(answer).to.deep.equal({ text: 'hello' });
    expect(kept).to.have.length(1);
    expect(Object.values(kept[0] as object)).not.to.include(answer);
  });
});
