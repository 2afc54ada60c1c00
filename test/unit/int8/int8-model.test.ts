import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Int8Options, int8Model } from '../../../plugin/int8/int8-model';
import type { Quantiser } from '../../../plugin/int8/quantiser';
import type { Ranges } from '../../../plugin/int8/ranges';
import type { ResolvedModel } from '../../../plugin/models/model';
import { resolveModel } from '../../../plugin/models/resolve';
import { spaceOf } from '../../../plugin/models/space';
import type { FileId, Logger, MediaSource, Records } from '../../../plugin/ports';
import { createMemoryRecords } from '../../helpers/memory-records';

const GOOD = { pictures: 100, kept: 0.997, cosine: 0.99, speed: 2.3 };

describe('int8 model of a space', () => {
  let folder: string;
  let fp32: ResolvedModel;
  let records: Records;
  let library: number;
  let measured: typeof GOOD;
  let crashesOn: FileId | undefined;
  let calls: { opened: number; added: number; measured: number; written: number; closed: number };
  let stillOpen: number;
  /** What this node's CPU computes. */
  let probed: [number, number];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-int8-'));
    fp32 = await resolveModel('efficientnet-lite0');
    records = createMemoryRecords();
    library = 250;
    measured = GOOD;
    crashesOn = undefined;
    calls = { opened: 0, added: 0, measured: 0, written: 0, closed: 0 };
    stillOpen = 0;
    probed = [0.6, 0.8];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const media: MediaSource = {
    list: async (after, limit) =>
      Array.from({ length: Math.max(0, Math.min(limit, library - after)) }, (_, i) => ({
        id: after + 1 + i,
        stamp: '1',
      })),
    listed: async (ids) => new Set(ids),
    async open(id) {
      if (id === 7) throw new Error('bytes are missing');
      stillOpen++;
      return { path: `${id}.jpg`, digest: 'd', bytes: 1, stamp: '1', close: async () => void stillOpen-- };
    },
  };

  function open(): Quantiser {
    calls.opened++;
    return {
      async add(picture) {
        if (picture === `${crashesOn}.jpg`) throw new Error('the process ended');
        calls.added++;
        return picture !== '8.jpg';
      },
      async measure() {
        calls.measured++;
        return { ranges: { image: [-1, calls.measured] }, measured, probe: Float32Array.of(0.6, 0.8) };
      },
      async write(ranges, target) {
        calls.written++;
        await writeFile(target, JSON.stringify(ranges));
      },
      probe: async () => Float32Array.of(...probed),
      close: () => void calls.closed++,
    };
  }

  function make(options: Partial<Int8Options> = {}): Promise<ResolvedModel> {
    const silent = () => {};
    const logger: Logger = { info: silent, warn: silent, error: silent, debug: silent };
    const { signal } = new AbortController();
    const given = {
      space: 'x+int8',
      media,
      records,
      cacheDir: folder,
      logger,
      signal,
      harmful: new Set<FileId>(),
      open,
    };
    return int8Model(fp32, { ...given, ...options });
  }

  it('is made from the library, and is of another space than the fp32 one', async () => {
    const int8 = await make();
    assert.deepEqual(await rangesOf(int8), { image: [-1, 1] });
    assert.equal(spaceOf(int8).id, 'efficientnet-lite0@1+int8/lanczos3');
    assert.deepEqual(calls, { opened: 2, added: 249, measured: 1, written: 1, closed: 2 });
    assert.equal(stillOpen, 0);
  });

  it('is the same on every node, and after a restart comes from the cache', async () => {
    const first = await make();
    assert.deepEqual(await make(), first);
    assert.equal(calls.written, 1);
    const other = path.join(folder, 'other node');
    await mkdir(other);
    const elsewhere = await make({ cacheDir: other });
    assert.equal(elsewhere.sha256, first.sha256);
    assert.deepEqual([calls.measured, calls.written], [1, 2]);
  });

  it('takes the ranges of the node that was faster', async () => {
    const slow: Records = {
      read: records.read,
      async write(name, value, after) {
        await records.write(name, { ...(value as object), ranges: { image: [-9, 9] } }, after);
        return records.write(name, value, after);
      },
    };
    const int8 = await make({ records: slow });
    assert.deepEqual(await rangesOf(int8), { image: [-9, 9] });
  });

  it('is written again when its file was damaged', async () => {
    const { path: file, sha256 } = await make();
    const bytes = await readFile(file);
    await writeFile(
      file,
      bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
    );
    assert.equal((await make()).sha256, sha256);
    await appendFile(file, 'more');
    assert.equal((await make()).sha256, sha256);
    assert.equal(calls.written, 3);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('waits for more pictures without decoding the few', async () => {
    library = 199;
    await assert.rejects(make(), {
      code: 'CALIBRATION_PENDING',
      message: /needs at least 200 pictures .* there are 199/,
    });
    assert.equal(calls.opened, 0);
    library = 201;
    await assert.rejects(make(), { code: 'CALIBRATION_PENDING', message: /there are 199/ });
    assert.equal(calls.closed, 1);
  });

  it('is refused when it loses too much or is no faster, and measured again the next time', async () => {
    measured = { ...GOOD, kept: 0.98 };
    await assert.rejects(make(), { code: 'PRECISION_REFUSED', message: /keep 98.00 % of their likeness, not 99.00 %/ });
    measured = { ...GOOD, speed: 0.8 };
    await assert.rejects(make(), { code: 'PRECISION_REFUSED', message: /0\.80 times as fast/ });
    assert.deepEqual(await readdir(folder), []);
    measured = GOOD;
    await make();
    assert.equal(calls.measured, 3);
  });

  it('is refused where the CPU computes other vectors', async () => {
    await make();
    probed = [0.8, 0.6];
    await assert.rejects(make(), {
      code: 'PRECISION_REFUSED',
      message: /different vectors on this CPU .*cosine 0\.96/,
    });
    probed = [0.601, 0.8];
    await make();
    assert.equal(calls.opened, calls.closed);
  });

  it('leaves out a picture that ended the process', async () => {
    const harmful = new Set<FileId>();
    crashesOn = 5;
    await assert.rejects(make({ harmful }), { message: 'the process ended' });
    assert.deepEqual([...harmful], [5]);
    assert.equal(stillOpen, 0);
    await make({ harmful });
  });

  it('says that the cache cannot be written', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(make({ cacheDir: path.join(file, 'cache') }), {
      code: 'MODEL_UNAVAILABLE',
      message: /cannot be written .*models\.cacheDir/,
    });
  });
});

async function rangesOf({ path: file }: ResolvedModel): Promise<Ranges> {
  return JSON.parse(await readFile(file, 'utf8'));
}
