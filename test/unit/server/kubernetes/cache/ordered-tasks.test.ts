import { expect } from 'chai';
import fc from 'fast-check';
import { OrderedTasks } from '../../../../../server/kubernetes/cache/ordered-tasks.js';

type Task = { readonly id: string; readonly user: string; readonly createdAtMs: number };

const newestFirst = (a: Task, b: Task): number =>
  b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
/** Few enough that they come and go; several of the same time. */
const task = fc.nat(40).map((n): Task => ({ id: `t${n}`, user: n % 3 === 0 ? 'bob' : 'ann', createdAtMs: n % 5 }));

describe('OrderedTasks', () => {
  it('is always what sorting would give, of everybody and of each user, from any place on', () => {
    fc.assert(
      fc.property(fc.array(task, { maxLength: 60 }), fc.option(task, { nil: undefined }), (steps, after) => {
        const ordered = new OrderedTasks();
        const model = new Map<string, Task>();
        for (const step of steps) {
          const known = model.get(step.id);
          if (known) {
            ordered.delete(known);
            model.delete(step.id);
          } else {
            ordered.add(step);
            model.set(step.id, step);
          }
        }
        for (const user of [undefined, 'ann', 'bob', 'nobody']) {
          const expected = [...model.values()]
            .filter((own) => user === undefined || own.user === user)
            .toSorted(newestFirst)

            .filter((own) => after === undefined || newestFirst(after, own) < 0);
          expect([...ordered.from(user, after)].map(({ id }) => id)).to.deep.equal(expected.map(({ id }) => id));
        }
      }),
    );
  });

  it('does not mind the removal of what is not in it', () => {
    const ordered = new OrderedTasks();
    ordered.add({ id: 'a', user: 'ann', createdAtMs: 1 });
    ordered.delete({ id: 'b', user: 'ann', createdAtMs: 1 });
    ordered.delete({ id: 'b', user: 'bob', createdAtMs: 1 });
    expect([...ordered.from(undefined, undefined)]).to.have.length(1);
  });
});
