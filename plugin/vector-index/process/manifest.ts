import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { z } from 'zod';

export const MANIFEST = 'manifest.json';
const FORMAT = `similar-index 2 ${endianness()}`;

/** The files of an index besides the manifest and the lock. */
export const DATA_FILE = /^(vectors|keys|graph)-[0-9a-f]{8}\.(f16|f64|usearch)$/;

const count = z.int().min(0);
const savedFile = z.strictObject({
  name: z.string().regex(DATA_FILE),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
/** Vectors of the points from `from` up to, not including, `to`: float16, one after another. */
const segment = savedFile.extend({ from: count, to: count });
const graph = savedFile.extend({
  scalar: z.enum(['bf16', 'f16', 'f32', 'i8']),
  connectivity: count,
  /** Points below are in the graph. */
  covered: count,
});

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  space: z.string(),
  dims: z.int().min(1),
  lastSeq: count,
  /** Distinct vectors. */
  points: count,
  files: count,
  /** In the order of their points, without gaps. */
  vectors: z.array(segment),
  /** Columns of the points, then those of their holders: float64. */
  keys: savedFile,
  graph: graph.optional(),
});

/** Files that follow one another without gaps and have the lengths that the counts ask for. */
function fits({ dims, points, files, vectors, keys }: Manifest): boolean {
  let point = 0;
  for (const { from, to, bytes } of vectors) {
    if (from !== point || to <= from || bytes !== 2 * dims * (to - from)) return false;
    point = to;
  }
  return point === points && keys.bytes === 8 * (2 * points + 3 * files);
}

export type SavedFile = z.infer<typeof savedFile>;
export type Segment = z.infer<typeof segment>;
export type SavedGraph = z.infer<typeof graph>;
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestContent = Omit<Manifest, 'format'>;

export function createManifest(content: ManifestContent): Manifest {
  return { format: FORMAT, ...content };
}

export function filesOf(manifest: Manifest): SavedFile[] {
  return [...manifest.vectors, manifest.keys, ...(manifest.graph ? [manifest.graph] : [])];
}

export function serialiseManifest(manifest: Manifest): string {
  return `${JSON.stringify({ sha256: digest(manifest), index: manifest }, null, 2)}\n`;
}

/** @throws Error that says what is wrong. A corrupted number would go unnoticed: hence the checksum. */
export function parseManifest(text: string): Manifest {
  let parsed: { sha256?: unknown; index?: { format?: unknown } } | null;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  if (parsed?.index?.format !== FORMAT) throw new Error(`its format is not “${FORMAT}”`);
  if (parsed.sha256 !== digest(parsed.index)) throw new Error('it differs from its checksum');
  const { success, data } = manifestSchema.safeParse(parsed.index);
  if (!success || !fits(data)) throw new Error('it lacks something that an index needs');
  return data;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
