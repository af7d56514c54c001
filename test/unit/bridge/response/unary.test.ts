import { once } from 'node:events';
import { get } from 'node:http';
import { expect } from 'chai';
import { Metadata } from '../../../../bridge/metadata.js';
import { open, serveTasks, signal, text } from '../support.js';

describe('a unary response', () => {
  it('carries trailers for those who accept them', async () => {
    const { url } = await serveTasks({
      async getTask(_, context) {
        context.setTrailer(Metadata.of({ 'my-cost': ['7', '8'] }));
        return { taskId: 'x' };
      },
    });
    const [response] = await open(`${url}/tasks/a`, { te: 'deflate, Trailers' });
    await text(response);
    expect(response.headers['trailer']).to.equal('Grpc-Trailer-My-Cost');
    expect(response.trailers).to.deep.equal({ 'grpc-trailer-my-cost': '7, 8' });
  });

  it('is 504 when the time of the caller is up', async () => {
    const aborted = signal();
    const { url } = await serveTasks({
      async getTask(_, context) {
        expect(context.deadline?.getTime()).to.be.greaterThan(Date.now() - 60_000);
        if (!context.signal.aborted) await once(context.signal, 'abort');
        aborted.fire();
        throw context.signal.reason;
      },
    });
    const [response] = await open(`${url}/tasks/a`, { 'grpc-timeout': '20m' });
    expect(response.statusCode).to.equal(504);
    expect(JSON.parse(await text(response))).to.include({ code: 4 });
    await aborted.promise;
  });

  it('refuses a timeout that is none', async () => {
    const { url } = await serveTasks({ getTask: async () => ({}) });
    const [response] = await open(`${url}/tasks/a`, { 'grpc-timeout': '1s' });
    expect(JSON.parse(await text(response))).to.include({ code: 3, message: 'invalid grpc-timeout: 1s' });
  });

  it('aborts the call when the client goes away', async () => {
    const called = signal();
    const aborted = signal();
    const { url } = await serveTasks({
      async getTask(_, context) {
        called.fire();
        await once(context.signal, 'abort');
        aborted.fire();
        return {};
      },
    });
    const request = get(`${url}/tasks/a`);
    request.on('error', () => undefined);
    await called.promise;
    request.destroy();
    await aborted.promise;
  });
});
