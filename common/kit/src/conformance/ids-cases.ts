import assert from 'node:assert/strict';
import type { Ids } from '../ports';
import { casesOf, type Case } from './case';
import { same } from './same';

const many = 20_000; // far more than one a millisecond

/** What every `Ids` promises. */
export const idsCases = (ids: Ids): readonly Case[] =>
  casesOf(async () => ({ close: async () => {} }), {
    'ids are UUIDs of version 7, which begin with the time of their making': async () => {
      const before = Date.now();
      const id = ids.next();
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const madeAt = parseInt(id.replace('-', '').slice(0, 12), 16);
      assert.ok(madeAt >= before && madeAt <= Date.now(), `${madeAt} is not now`);
    },

    'no two ids are the same, and later ones sort behind earlier ones': async () => {
      const made = Array.from({ length: many }, () => ids.next());
      assert.equal(new Set(made).size, many);
      same([...made].sort(), made);
    },
  });
