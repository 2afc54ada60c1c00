import { readPickle } from './pickle';

export interface TorchTensor {
  shape: number[];
  /** Contiguous copy, row-major. */
  values: Float32Array;
}

interface Storage {
  key: string;
  type: 'torch.FloatStorage' | 'torch.LongStorage';
}

interface TensorRef {
  storage: Storage;
  offset: number;
  shape: number[];
  strides: number[];
}

/** Reads the float tensors of a state dict in torch's format from before the zip files (five pickles, then the storages). */
export function readTorchStateDict(bytes: Buffer): Map<string, TorchTensor> {
  const hooks = {
    persistent(id: unknown): Storage {
      const [, type, key] = id as [string, Storage['type'], string];
      return { type, key };
    },
    reduce(callable: string, args: unknown[]): unknown {
      if (callable === 'collections.OrderedDict') return new Map();
      if (callable !== 'torch._utils._rebuild_tensor_v2') throw new Error(`Unexpected call of ${callable}.`);
      const [storage, offset, shape, strides] = args as [Storage, number, number[], number[]];
      return { storage, offset, shape, strides } satisfies TensorRef;
    },
  };
  let at = 0;
  const next = () => {
    const { value, end } = readPickle(bytes, at, hooks);
    at = end;
    return value;
  };
  next(); // magic number
  next(); // protocol
  next(); // byte order and type sizes
  const refs = next() as Map<string, TensorRef>;
  const keys = next() as string[];

  const elementSize = new Map(
    [...refs.values()].map(({ storage }) => [storage.key, storage.type === 'torch.LongStorage' ? 8 : 4]),
  );
  const storages = new Map<string, Buffer>();
  for (const key of keys) {
    const length = Number(bytes.readBigInt64LE(at)) * elementSize.get(key)!;
    storages.set(key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }

  const floats = [...refs].filter(([, { storage }]) => storage.type === 'torch.FloatStorage');
  return new Map(floats.map(([name, ref]) => [name, copy(ref, storages.get(ref.storage.key)!)]));
}

function copy({ offset, shape, strides }: TensorRef, storage: Buffer): TorchTensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    let at = offset;
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      at += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    values[i] = storage.readFloatLE(at * 4);
  }
  return { shape, values };
}
