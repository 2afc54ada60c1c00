import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { faultPoint } from '../fault-point';
import type { Claim, EmbeddingStore, SpaceId, StoredVector } from '../ports';
import { along } from './along';
import { byLease, chunks, chunksInTurn, eachChunk, pagesOf } from './chunks';
import { clockOf, endLongWaits, watchClock } from './clock';
import { createCounts } from './counts';
import { deleteRows, lostSince, noteLosses } from './losses';
import { keepPalettes, palettesSince } from './palettes';
import { decodeVector, encodeVector, type Row, STATUS_COLUMNS, toClaim, toStatus, toStoredVector } from './rows';
import { createSchema, EMBEDDINGS, LOSSES } from './schema';
import { nextSeqs } from './sequence';
import { write } from './write';

/** Claims without an outcome after which a picture is taken for what stops the server. */
const MAX_ATTEMPTS = 5;
/** Something else may have stopped it. */
const GAVE_UP_FOR_MS = 24 * 3_600_000;

/** Rows at the head of the queue among which a node finds those that it can work on. */
const LOOKED_AT = 1_000;

/** A library that comes back is not looked at all at once. */
const REVIVED_AT_ONCE = 1_000;

/** Text from outside: PostgreSQL refuses the character 0. */
const storable = (text: string) => text.replaceAll('\0', '');

const NO_LEASE = { lease: null, lease_until: 0 };
const NO_VECTOR = { seq: null, vector: null, miniature: null, palette: null, digest: null };

async function only<T extends { file_id: number }>(
  rows: T[],
  among?: (ids: number[]) => Promise<Set<number>>,
): Promise<T[]> {
  if (!among || rows.length === 0) return rows;
  const wanted = await among(rows.map(({ file_id }) => file_id));
  return rows.filter(({ file_id }) => wanted.has(file_id));
}

/** The queue and the vectors in SQLite, PostgreSQL or MySQL, through a knex instance that the caller owns. */
export function createKnexStore(knex: Knex): EmbeddingStore {
  const rows = () => knex(EMBEDDINGS);
  const { now: timeOf } = clockOf(knex);
  /** Of each space. */
  const watches = new Map<SpaceId, (now: number) => boolean>();
  const ofClaim = (query: Knex.QueryBuilder, { fileId, space, lease, revision }: Claim) =>
    query.where({ file_id: fileId, space, lease, revision });
  /** @returns of how many rows. */
  const update = (query: () => Knex.QueryBuilder, change: object): Promise<number> =>
    write(() => query().update(change));

  async function giveUp(ids: number[], now: number): Promise<void> {
    const over = () =>
      rows()
        .whereIn('id', ids)
        .where({ state: 'pending' })
        .where('attempts', '>=', MAX_ATTEMPTS)
        .where('lease_until', '<=', now);
    await update(over, {
      ...NO_LEASE,
      state: 'failed',
      not_before: now + GAVE_UP_FOR_MS,
      code: 'GAVE_UP',
      reason: `The server stopped ${MAX_ATTEMPTS} times while it was working on this picture`,
      updated_at: now,
    });
  }

  /** Failed rows whose time has come wait again. */
  async function revive(space: SpaceId, now: number): Promise<void> {
    const due = (query: Knex.QueryBuilder) =>
      query.where({ space, state: 'failed' }).where('not_before', '>', 0).where('not_before', '<=', now);
    const ids: number[] = await due(knex(EMBEDDINGS)).limit(REVIVED_AT_ONCE).pluck('id');
    for (const chunk of chunks(ids)) {
      await update(() => due(rows()).whereIn('id', chunk), { state: 'pending', not_before: 0, attempts: 0 });
    }
  }

  async function remove(table: string, page: ReadonlyArray<{ id: number }>): Promise<void> {
    const ids = page.map(({ id }) => id);
    await write(() => knex(table).whereIn('id', ids).delete());
  }

  return {
    open: () => createSchema(knex),

    async enqueue(space, fileIds, { fresh = false } = {}) {
      const now = await timeOf();
      for await (const ids of chunksInTurn([...new Set(fileIds)])) {
        const pending = { state: 'pending', backlog: fresh ? 0 : 1, updated_at: now };
        await write(() =>
          rows()
            .insert(ids.map((file_id) => ({ file_id, space, ...pending })))
            .onConflict(['file_id', 'space'])
            .merge({
              ...NO_LEASE,
              ...pending,
              revision: knex.raw('?? + 1', [`${EMBEDDINGS}.revision`]),
              attempts: 0,
              not_before: 0,
              code: null,
              reason: null,
            }),
        );
        faultPoint('queued');
      }
    },

    async claim(space, limit, leaseMs, among) {
      const now = await timeOf();
      if (!watches.has(space)) watches.set(space, watchClock());
      if (watches.get(space)?.(now)) await endLongWaits(knex, space, leaseMs, now);
      await revive(space, now);
      // `+ 0`: by the index of `not_before` databases would find the whole queue, and sort it for each claim.
      const free = (query: Knex.QueryBuilder) =>
        query.where({ state: 'pending' }).where('lease_until', '<=', now).whereRaw('?? + 0 <= ?', ['not_before', now]);
      // One look at an index, where all that is pending waits for a later time: the order would lead past all of it.
      if ((await this.waiting(space, 1)) === 0) return [];
      type Candidate = Pick<Row, 'id' | 'file_id' | 'attempts'>;
      const first = async (count: number): Promise<Candidate[]> =>
        free(along(knex, 'order').where({ space }))
          .orderBy(['backlog', 'attempts', 'file_id'])
          .limit(count)
          .select('id', 'file_id', 'attempts');
      const head = await first(limit);
      let found = await only(head, among);
      // Others have work at the head of the queue, and this node may have some behind it.
      if (found.length === 0 && head.length === limit && among) found = await only(await first(LOOKED_AT), among);
      found.splice(limit);
      if (found.length === 0) return [];
      const unsuspected = found.filter(({ attempts }) => attempts === 0);
      const taken = unsuspected.length > 0 ? unsuspected : found.slice(0, 1);
      if (taken[0].attempts >= MAX_ATTEMPTS) {
        const over = found.filter(({ attempts }) => attempts >= MAX_ATTEMPTS);
        for await (const chunk of chunksInTurn(over)) {
          await giveUp(
            chunk.map(({ id }) => id),
            now,
          );
        }
        return this.claim(space, limit, leaseMs, among);
      }
      const lease = randomUUID();
      const claimed: Row[] = [];
      for (const ids of chunks(taken.map(({ id }) => id))) {
        // Another node may have taken some in between: the condition is checked again. Without the space, which the ids imply
        // and for which SQLite would walk the whole queue.
        await update(() => free(rows().whereIn('id', ids)), {
          lease,
          lease_until: now + leaseMs,
          attempts: knex.raw('attempts + 1'),
        });
        const columns = ['file_id', 'space', 'revision', 'digest', 'seq', 'attempts', 'lease'] as const;
        claimed.push(...((await rows().whereIn('id', ids).where({ lease }).select(columns)) as Row[]));
      }
      faultPoint('claimed');
      return claimed.map(toClaim);
    },

    async busy(space) {
      // A claim counts as an attempt, so only few rows are looked at: those that were never claimed are passed over.
      const claimed = along(knex, 'order').where({ space, state: 'pending' }).whereIn('backlog', [0, 1]);
      const now = await timeOf();
      return (await claimed.where('attempts', '>', 0).where('lease_until', '>', now).first('id')) !== undefined;
    },

    async renew(claims, leaseMs) {
      const now = await timeOf();
      for (const [lease, ids] of byLease(claims)) {
        const leased = () => rows().where({ lease }).whereIn('file_id', ids);
        await update(leased, { lease_until: now + leaseMs });
      }
    },

    async release(claims, delayMs = 0) {
      const now = await timeOf();
      for (const [lease, ids] of byLease(claims)) {
        const leased = () => rows().where({ lease }).whereIn('file_id', ids);
        await update(leased, {
          ...NO_LEASE,
          not_before: delayMs > 0 ? now + delayMs : 0,
          attempts: knex.raw('attempts - 1'),
          updated_at: now,
        });
      }
    },

    async complete(done) {
      if (done.length === 0) return [];
      const now = await timeOf();
      faultPoint('storing');
      const stored = await write(() =>
        knex.transaction(async (trx) => {
          const first = await nextSeqs(trx, done.length);
          const stored: StoredVector[] = [];
          for (const [index, { claim, digest, stamp, vector, miniature }] of done.entries()) {
            const seq = first + index;
            const bytes = encodeVector(vector);
            const changed = await ofClaim(trx(EMBEDDINGS), claim).update({
              ...NO_LEASE,
              state: 'ready',
              digest,
              stamp: storable(stamp),
              seq,
              vector: bytes,
              miniature: miniature ? Buffer.from(miniature) : null,
              // Of the picture that was there before.
              palette: null,
              attempts: 0,
              code: null,
              reason: null,
              updated_at: now,
            });
            if (changed > 0) stored.push(toStoredVector({ file_id: claim.fileId, seq, vector: bytes } as Row));
          }
          faultPoint('in-storing');
          return stored;
        }),
      );
      faultPoint('stored');
      return stored;
    },

    async confirm(claim, stamp) {
      const now = await timeOf();
      await update(() => ofClaim(rows(), claim), {
        ...NO_LEASE,
        state: 'ready',
        stamp: storable(stamp),
        attempts: 0,
        code: null,
        reason: null,
        updated_at: now,
      });
    },

    async fail(claim, { state, code, reason }, stamp) {
      const now = await timeOf();
      return write(() =>
        knex.transaction(async (trx) => {
          if (claim.hasVector) await nextSeqs(trx, 0);
          const changed: number = await ofClaim(trx(EMBEDDINGS), claim).update({
            ...NO_LEASE,
            ...NO_VECTOR,
            state,
            code,
            reason: storable(reason),
            stamp: stamp === undefined ? null : storable(stamp),
            attempts: 0,
            not_before: 0,
            updated_at: now,
          });
          if (changed > 0 && claim.hasVector) await noteLosses(trx, [{ file_id: claim.fileId, space: claim.space }]);
          return changed > 0;
        }),
      );
    },

    async unseen(claim, { state, code, reason }, retryMs, stamp) {
      const now = await timeOf();
      await update(() => ofClaim(rows(), claim), {
        ...NO_LEASE,
        state,
        code,
        reason: storable(reason),
        stamp: stamp === undefined ? null : storable(stamp),
        attempts: 0,
        not_before: retryMs === undefined ? 0 : now + retryMs,
        updated_at: now,
      });
    },

    async forget(fileIds) {
      faultPoint('forgetting');
      for await (const ids of chunksInTurn([...fileIds])) {
        await write(() => knex.transaction((trx) => deleteRows(trx, (query) => query.whereIn('file_id', ids))));
        faultPoint('forgotten');
      }
    },

    async retry(space, only) {
      const pending = { ...NO_LEASE, state: 'pending', attempts: 0, not_before: 0, code: null, reason: null };
      const states = ['failed', 'unsupported'];
      const change = { ...pending, revision: knex.raw('revision + 1'), updated_at: await timeOf() };
      let count = 0;
      if (only && typeof only !== 'string') {
        for await (const ids of chunksInTurn(only)) {
          const ended = () => rows().where({ space }).whereIn('state', states).whereIn('file_id', ids);
          count += await update(ended, change);
        }
        return count;
      }
      for (const state of states) {
        const ofState = () =>
          along(knex, 'state')
            .where({ space, state, ...(only && { code: only }) })
            .select('id', 'file_id');
        for await (const page of pagesOf<Pick<Row, 'id' | 'file_id'>>(ofState, 'file_id')) {
          const ids = page.map(({ id }) => id);
          count += await update(() => rows().where({ state }).whereIn('id', ids), change);
        }
      }
      return count;
    },

    async status(space, fileIds) {
      const found = await eachChunk(fileIds, (ids) =>
        rows().where({ space }).whereIn('file_id', ids).select(STATUS_COLUMNS),
      );
      return (found as Row[]).map(toStatus);
    },

    async list(space, afterId, limit, state, code) {
      const wanted = { space, ...(state && { state }), ...(code && { code }) };
      const query = along(knex, state ? 'state' : 'page').where(wanted);
      const found = await query.where('file_id', '>', afterId).orderBy('file_id').limit(limit).select(STATUS_COLUMNS);
      return (found as Row[]).map(toStatus);
    },

    ...createCounts(knex),

    async lastSeq(space) {
      const last = await knex(EMBEDDINGS).where({ space }).max('seq as seq').first();
      return Number(last?.seq ?? 0);
    },

    async waiting(space, atMost) {
      const due = knex(EMBEDDINGS)
        .where({ space, state: 'pending' })
        .where('not_before', '<=', await timeOf());
      const [found] = await knex.from(due.limit(atMost).select('not_before').as('due')).count('* as n');
      return Number(found.n);
    },

    // Whether there is a vector is read from `vector`: with `seq`, SQLite would walk the index of the whole space.
    async vectors(space, fileIds) {
      const found = (await eachChunk(fileIds, (ids) =>
        rows().where({ space }).whereIn('file_id', ids).whereNotNull('vector').select('file_id', 'vector'),
      )) as Row[];
      return new Map(found.map((row) => [row.file_id, decodeVector(row.vector as Buffer)]));
    },

    async digests(space, fileIds) {
      const found = (await eachChunk(fileIds, (ids) =>
        rows().where({ space }).whereIn('file_id', ids).whereNotNull('digest').select('file_id', 'digest'),
      )) as Row[];
      return new Map(found.map(({ file_id, digest }) => [file_id, digest as string]));
    },

    async photos(space, fileIds) {
      const columns = ['file_id', 'digest', 'miniature'];
      const found = (await eachChunk(fileIds, (ids) =>
        rows().where({ space }).whereIn('file_id', ids).whereNotNull('digest').select(columns),
      )) as Row[];
      return new Map(
        found.map(({ file_id, digest, miniature }) => [
          file_id,
          { digest: digest as string, ...(miniature && { miniature: Uint8Array.from(miniature) }) },
        ]),
      );
    },

    async vectorsSince(space, afterSeq, limit) {
      const query = along(knex, 'seq').where({ space }).where('seq', '>', afterSeq).orderBy('seq').limit(limit);
      return ((await query.select('file_id', 'seq', 'vector')) as Row[]).map(toStoredVector);
    },

    palettesSince: (space, afterSeq, limit) => palettesSince(knex, space, afterSeq, limit),

    keepPalettes: (space, found) => keepPalettes(knex, space, found),

    lostSince: (space, afterSeq, limit) => lostSince(knex, space, afterSeq, limit),

    async vectorKeys(space, afterId, limit) {
      const query = along(knex, 'page').where({ space }).whereNotNull('vector').where('file_id', '>', afterId);
      const found: Row[] = await query.orderBy('file_id').limit(limit).select('file_id', 'seq');
      return found.map(({ file_id, seq }) => ({ fileId: file_id, seq: Number(seq) }));
    },

    // Step by step: not every database skips the rows of a space to find the next one.
    async spaces() {
      const found: SpaceId[] = [];
      for (;;) {
        const next = await knex(EMBEDDINGS)
          .where('space', '>', found.at(-1) ?? '')
          .min('space as space')
          .first();
        if (!next?.space) return found;
        found.push(next.space);
      }
    },

    async dropSpace(space, fileIds) {
      if (!fileIds) {
        // The rows go last: they show that there is something left.
        const losses = () => knex(LOSSES).where({ space }).select('id', 'seq');
        for await (const page of pagesOf<{ id: number; seq: number }>(losses, 'seq')) await remove(LOSSES, page);
        const ofSpace = () => along(knex, 'page').where({ space }).select('id', 'file_id');
        for await (const page of pagesOf<Pick<Row, 'id' | 'file_id'>>(ofSpace, 'file_id'))
          await remove(EMBEDDINGS, page);
      }
      for await (const ids of chunksInTurn(fileIds ?? [])) {
        const ofSpace = (query: Knex.QueryBuilder) => query.where({ space }).whereIn('file_id', ids);
        await write(() => knex.transaction((trx) => deleteRows(trx, ofSpace)));
      }
    },
  };
}
