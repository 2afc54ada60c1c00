import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { faultPoint } from '../../fault-point';
import { syncFolder } from '../../files/atomic-file';
import type { Space } from '../../ports';
import type { FlatSnapshot } from '../flat';
import { pointsPerChunk } from '../points';
import { columnBlocks, readBlocks, syncAndDigest, vectorBlocks, verify, writeBlocks } from './blocks';
import type { Graph } from './graph';
import { expectedGraphBytes } from './graph-file';
import {
  createManifest,
  DATA_FILE,
  filesOf,
  MANIFEST,
  type Manifest,
  parseManifest,
  type SavedGraph,
  type Segment,
  serialiseManifest,
} from './manifest';

/**
 * An index on disk: a manifest and the files that it names. Files are written once, under names of their own, and fsynced
 * before a manifest names them; the manifest is replaced by rename. So whatever is cut short leaves the last whole index.
 */
export interface SavedIndex {
  snapshot: FlatSnapshot;
  manifest: Manifest;
  /** Verified path of the graph. */
  graphFile?: string;
}

/** @returns the index if it is whole, and in a sentence what was not. Never throws. */
export async function loadIndex(dir: string, space: Space): Promise<{ saved?: SavedIndex; problem?: string }> {
  let name = MANIFEST;
  try {
    const text = await readFile(join(dir, MANIFEST), 'utf8').catch(ignoreMissing);
    if (text === undefined) {
      const orphans = await readdir(dir).catch(ignoreMissing);
      return { problem: orphans?.some((file) => DATA_FILE.test(file)) ? `${MANIFEST} is missing.` : undefined };
    }
    const manifest = parseManifest(text);
    const { dims, points, files, lastSeq, keys } = manifest;
    if (manifest.space !== space.id) return { problem: `The saved index belongs to space ${manifest.space}.` };
    if (dims !== space.dims) return { problem: `The saved vectors have ${dims} numbers instead of ${space.dims}.` };

    const perChunk = pointsPerChunk(dims);
    const chunks = Array.from({ length: Math.ceil(points / perChunk) }, () => new Uint16Array(perChunk * dims));
    const columns = new Float64Array(2 * points);
    const holders = new Float64Array(3 * files);
    const snapshot: FlatSnapshot = { dims, lastSeq, points: { count: points, chunks, columns }, holders };
    name = keys.name;
    await readBlocks(join(dir, name), keys, columnBlocks(columns, holders));
    for (const segment of manifest.vectors) {
      name = segment.name;
      await readBlocks(join(dir, name), segment, vectorBlocks(chunks, dims, segment.from, segment.to));
    }
    const { graph } = manifest;
    if (!graph) return { saved: { snapshot, manifest } };
    const graphFile = join(dir, graph.name);
    return verify(graphFile, graph).then(
      () => ({ saved: { snapshot, manifest, graphFile } }),
      (error) => ({ saved: { snapshot, manifest }, problem: sentence(graph.name, error) }),
    );
  } catch (error) {
    return { problem: sentence(name, error) };
  }
}

export interface SaveRequest {
  dir: string;
  space: Space;
  snapshot: FlatSnapshot;
  /** Segments on disk that hold the first points of this very snapshot. */
  segments: readonly Segment[];
  /** A graph to write: it is written before the first await, so that it fits the snapshot. Or one that was saved before. */
  graph?: { write: Graph } | { keep: SavedGraph };
}

/** @throws what the file system throws, after removing what it began. */
export async function saveIndex({ dir, space, snapshot, segments, graph }: SaveRequest): Promise<Manifest> {
  const written: string[] = [];
  const newFile = (kind: string, extension: string) => {
    written.push(`${kind}-${randomBytes(4).toString('hex')}.${extension}`);
    return join(dir, written.at(-1)!);
  };
  try {
    const savedGraph =
      graph && ('keep' in graph ? graph.keep : await writeGraph(newFile('graph', 'usearch'), graph.write));
    const { dims, lastSeq, points, holders } = snapshot;
    const vectors = [...segments];
    let from = vectors.at(-1)?.to ?? 0;
    if (from < points.count) {
      // A segment not larger than what is written anyway is written again with it, so that there are only ever a few.
      while (vectors.length > 0 && vectors.at(-1)!.to - vectors.at(-1)!.from <= points.count - from)
        from = vectors.pop()!.from;
      const file = await writeBlocks(newFile('vectors', 'f16'), vectorBlocks(points.chunks, dims, from, points.count));
      vectors.push({ ...file, from, to: points.count });
      faultPoint('vectors-written');
    }
    const keys = await writeBlocks(newFile('keys', 'f64'), columnBlocks(points.columns, holders));
    faultPoint('keys-written');
    const manifest = createManifest({
      ...{ space: space.id, dims, lastSeq, points: points.count, files: holders.length / 3 },
      ...{ vectors, keys, graph: savedGraph },
    });
    await replaceManifest(dir, manifest);
    await removeDataFiles(dir, new Set(filesOf(manifest).map(({ name }) => name)));
    faultPoint('saved');
    return manifest;
  } catch (error) {
    await Promise.all(written.map((name) => rm(join(dir, name), { force: true }).catch(() => {})));
    throw error;
  }
}

/** The manifest goes first: files without one are not an index. */
export async function removeIndex(dir: string): Promise<void> {
  await rm(join(dir, MANIFEST), { force: true });
  await removeDataFiles(dir, new Set());
}

async function writeGraph(path: string, graph: Graph): Promise<SavedGraph> {
  const { covered, config } = graph;
  try {
    graph.write(path);
  } catch (error) {
    throw new Error(`the graph was not written completely (${(error as Error).message}); is the disk full?`);
  }
  const file = await syncAndDigest(path);
  const expected = await expectedGraphBytes(path).catch(() => undefined);
  if (file.bytes !== expected)
    throw new Error(`the graph was not written completely (${file.bytes} bytes); is the disk full?`);
  faultPoint('graph-written');
  return { ...file, scalar: config.scalar, connectivity: config.connectivity, covered };
}

async function replaceManifest(dir: string, manifest: Manifest): Promise<void> {
  const path = join(dir, MANIFEST);
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(serialiseManifest(manifest));
    await file.sync();
  } finally {
    await file.close();
  }
  faultPoint('manifest-written');
  await rename(`${path}.tmp`, path);
  faultPoint('manifest-renamed');
  await syncFolder(dir);
}

async function removeDataFiles(dir: string, keep: ReadonlySet<string>): Promise<void> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => DATA_FILE.test(name) && !keep.has(name));
  await Promise.all(names.map((name) => rm(join(dir, name), { force: true }).catch(() => {})));
}

function sentence(name: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${name} is missing.`;
  return `${name} cannot be used: ${code ? `${code}, ` : ''}${message}.`;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  // The second: a part of the path is a file.
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
