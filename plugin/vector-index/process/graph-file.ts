import { type FileHandle, open } from 'node:fs/promises';

const MATRIX_HEAD = 8;
const FORMAT_HEAD = 64;
const GRAPH_HEAD = 40;
const LEVEL = 2;
/** Key and level. */
const NODE_HEAD = 10;
const COUNT = 4;
const LINK = 4;

/**
 * Size that a usearch file must have, by its own heads: usearch reports success when the disk is full.
 * Layout: rows, bytes per row (u32 each); vectors; format head; size, connectivity, connectivity of level 0, … (u64 each);
 * level of each node (i16); per node its key, its level and the links of each level.
 * @throws when the file ends before that can be known.
 */
export async function expectedGraphBytes(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const matrix = await read(file, 0, MATRIX_HEAD);
    const graphAt = MATRIX_HEAD + matrix.readUInt32LE(0) * matrix.readUInt32LE(4) + FORMAT_HEAD;
    const head = await read(file, graphAt, GRAPH_HEAD);
    const [nodes, links, baseLinks] = [0, 8, 16].map((offset) => Number(head.readBigUInt64LE(offset)));
    const levels = await read(file, graphAt + GRAPH_HEAD, nodes * LEVEL);
    let bytes = graphAt + GRAPH_HEAD + nodes * (LEVEL + NODE_HEAD + COUNT + baseLinks * LINK);
    for (let node = 0; node < nodes; node++) bytes += levels.readInt16LE(node * LEVEL) * (COUNT + links * LINK);
    return bytes;
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (position + length > size) throw new Error(`it ends after ${size} bytes`);
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new Error(`it ends after ${position + done} bytes`);
    done += bytesRead;
  }
  return buffer;
}
