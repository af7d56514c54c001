import { expect } from 'chai';
import { type ListRequest, listTasks, MAX_PAGE_SIZE } from '../../../../server/domain/list.js';
import { FakeDomain } from '../../../support/server/fake-domain.js';
import { failureOf } from '../../../support/server/failure.js';
import { endedNode, runningNode, T0, view } from '../../../support/server/views.js';

const ALL: ListRequest = {
  allUsers: false,
  pageSize: 0,
  pageToken: '',
  status: '',
  name: '',
  sinceMs: undefined,
  idPrefix: '',
};

function domainOf(count: number): FakeDomain {
  const domain = new FakeDomain();
  for (let at = 0; at < count; at += 1) {
    const nodes = [at % 2 === 0 ? runningNode(0) : endedNode(0, 0)];
    // Every three tasks are made in the same millisecond.
    const createdAtMs = T0 + Math.floor(at / 3);
    domain.show(view(nodes, { id: `task${String(at).padStart(4, '0')}`, createdAtMs, name: at < 2 ? 'old' : 'new' }));
  }
  domain.show(view([runningNode(0)], { id: 'foreign0', user: 'bob' }));
  return domain;
}

function pages(domain: FakeDomain, request: Partial<ListRequest>): string[][] {
  const found: string[][] = [];
  let pageToken = '';
  do {
    const page = listTasks(domain, 'ann', { ...ALL, ...request, pageToken });
    found.push(page.tasks.map(({ record }) => record.id));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found;
}

describe('listTasks', () => {
  it('gives the user’s tasks, newest first', () => {
    expect(pages(domainOf(4), {})).to.deep.equal([['task0003', 'task0002', 'task0001', 'task0000']]);
  });

  it('gives everybody’s when asked to', () => {
    expect(pages(domainOf(1), { allUsers: true })[0]).to.have.members(['task0000', 'foreign0']);
  });

  for (const size of [1, 2, 3, 7, 10, 100]) {
    it(`gives the same tasks in pages of ${size}`, () => {
      const domain = domainOf(10);
      const found = pages(domain, { pageSize: size });
      expect(found.flat()).to.deep.equal(pages(domain, {}).flat());
      expect(found.slice(0, -1).every((page) => page.length === size)).to.equal(true);
      expect(found.at(-1)?.length, 'no empty last page').to.be.greaterThan(0);
    });
  }

  it('filters by status and name, and pages through what is left', () => {
    const domain = domainOf(10);
    expect(pages(domain, { status: 'completed', pageSize: 2 }).flat()).to.have.length(5);
    expect(pages(domain, { name: 'old', pageSize: 1 })).to.deep.equal([['task0001'], ['task0000']]);
    expect(pages(domain, { name: 'ol' })).to.deep.equal([[]]);
  });

  it('gives those that were submitted lately, in pages too', async () => {
    const domain = domainOf(10);
    await domain.clock.advance(10);
    // Tasks 6 to 8 are of T0 + 2, task 9 of T0 + 3.
    const sinceMs = domain.clock.now() - (T0 + 2);
    expect(pages(domain, { sinceMs, pageSize: 3 })).to.deep.equal([['task0009', 'task0008', 'task0007'], ['task0006']]);
    expect(pages(domain, { sinceMs: 0 })).to.deep.equal([[]]);
  });

  it('gives those whose id begins as asked for, only the user’s own', () => {
    const domain = domainOf(12);
    expect(pages(domain, { idPrefix: 'task001' })).to.deep.equal([['task0011', 'task0010']]);
    expect(pages(domain, { idPrefix: 'foreign' })).to.deep.equal([[]]);
  });

  it('cuts a page that is too large', () => {
    const [first] = pages(domainOf(MAX_PAGE_SIZE + 5), { pageSize: MAX_PAGE_SIZE + 5 });
    expect(first).to.have.length(MAX_PAGE_SIZE);
  });

  it('gives all of them to who asks for no page', () => {
    expect(pages(domainOf(MAX_PAGE_SIZE + 5), {})).to.have.length(1);
  });

  it('is not disturbed by a task that appears between two pages', () => {
    const domain = domainOf(4);
    const first = listTasks(domain, 'ann', { ...ALL, pageSize: 2 });
    domain.show(view([runningNode(0)], { id: 'newest00', createdAtMs: T0 + 1_000_000 }));
    const second = listTasks(domain, 'ann', { ...ALL, pageSize: 2, pageToken: first.nextPageToken });
    expect(second.tasks.map(({ record }) => record.id)).to.deep.equal(['task0001', 'task0000']);
  });

  for (const [title, request, field] of [
    ['a negative size', { pageSize: -1 }, 'page_size'],
    ['a status that is none', { status: 'RUNNING' }, 'status'],
    ['a negative time', { sinceMs: -1 }, 'since'],
    ['a token of another list', { pageToken: 'x' }, 'page_token'],
  ] as const) {
    it(`refuses ${title}`, async () => {
      const failure = await failureOf(() => listTasks(domainOf(1), 'ann', { ...ALL, ...request }));
      expect(failure.violations.map((violation) => violation.field)).to.deep.equal([field]);
    });
  }
});
