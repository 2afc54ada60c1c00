/**
 * Reads the few pickle opcodes (protocol 2) that torch.save uses. Nothing is ever called or imported:
 * a global stays its name, and `reduce` decides what a call becomes.
 */
export interface PickleHooks {
  reduce(callable: string, args: unknown[]): unknown;
  persistent(id: unknown): unknown;
}

export interface Pickled {
  value: unknown;
  /** Offset after the pickle. */
  end: number;
}

const MARK = Symbol('mark');

export function readPickle(bytes: Buffer, start: number, hooks: PickleHooks): Pickled {
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = start;

  const take = (length: number) => {
    at += length;
    return at - length;
  };
  const line = () => {
    const from = at;
    at = bytes.indexOf(0x0a, at) + 1;
    return bytes.toString('latin1', from, at - 1);
  };
  const sinceMark = () => {
    const mark = stack.lastIndexOf(MARK);
    const items = stack.splice(mark);
    return items.slice(1);
  };
  const setItems = (items: unknown[]) => {
    const map = stack.at(-1) as Map<unknown, unknown>;
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  };
  const longInteger = () => {
    const length = bytes[take(1)];
    let value = 0n;
    for (let i = 0; i < length; i++) value |= BigInt(bytes[at + i]) << BigInt(8 * i);
    at += length;
    return length === 0 ? 0 : Number(BigInt.asIntN(8 * length, value));
  };

  for (;;) {
    const opcode = String.fromCharCode(bytes[take(1)]);
    switch (opcode) {
      case '\x80':
        take(1);
        break;
      case '.':
        return { value: stack.pop(), end: at };
      case '(':
        stack.push(MARK);
        break;
      case 'N':
        stack.push(null);
        break;
      case '\x88':
        stack.push(true);
        break;
      case '\x89':
        stack.push(false);
        break;
      case 'J':
        stack.push(bytes.readInt32LE(take(4)));
        break;
      case 'K':
        stack.push(bytes[take(1)]);
        break;
      case 'M':
        stack.push(bytes.readUInt16LE(take(2)));
        break;
      case '\x8a':
        stack.push(longInteger());
        break;
      case 'X': {
        const length = bytes.readUInt32LE(take(4));
        const from = take(length);
        stack.push(bytes.toString('utf8', from, at));
        break;
      }
      case 'c':
        stack.push(`${line()}.${line()}`);
        break;
      case '}':
        stack.push(new Map());
        break;
      case ']':
        stack.push([]);
        break;
      case ')':
        stack.push([]);
        break;
      case 't':
        stack.push(sinceMark());
        break;
      case '\x85':
        stack.push(stack.splice(-1));
        break;
      case '\x86':
        stack.push(stack.splice(-2));
        break;
      case 'e': {
        const items = sinceMark();
        (stack.at(-1) as unknown[]).push(...items);
        break;
      }
      case 's':
        setItems(stack.splice(-2));
        break;
      case 'u':
        setItems(sinceMark());
        break;
      case 'q':
        memo.set(bytes[take(1)], stack.at(-1));
        break;
      case 'r':
        memo.set(bytes.readUInt32LE(take(4)), stack.at(-1));
        break;
      case 'h':
        stack.push(memo.get(bytes[take(1)]));
        break;
      case 'j':
        stack.push(memo.get(bytes.readUInt32LE(take(4))));
        break;
      case 'Q':
        stack.push(hooks.persistent(stack.pop()));
        break;
      case 'R': {
        const args = stack.pop() as unknown[];
        stack.push(hooks.reduce(stack.pop() as string, args));
        break;
      }
      case 'b':
        stack.pop();
        break;
      default:
        throw new Error(
          `Opcode 0x${opcode.charCodeAt(0).toString(16)} at ${at - 1} is not one that torch.save writes.`,
        );
    }
  }
}
