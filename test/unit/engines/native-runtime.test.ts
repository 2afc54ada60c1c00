import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadNativeRuntime } from '../../../plugin/engines/native-runtime';

const runtime = (providers?: string[]) => ({
  InferenceSession: {},
  Tensor: {},
  ...(providers && { listSupportedBackends: () => providers.map((name) => ({ name })) }),
});
const absent = (name: string) =>
  Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- a`), { code: 'MODULE_NOT_FOUND' });

function load(found: Record<string, unknown>) {
  const asked: string[] = [];
  return {
    asked,
    runtime: () =>
      loadNativeRuntime((name) => {
        asked.push(name);
        const value = found[name] ?? absent(name);
        if (value instanceof Error) throw value;
        return value;
      }),
  };
}

test('what the project installed comes first, with the devices that it knows', () => {
  const both = load({ 'onnxruntime-node': runtime(['cpu', 'cuda']), 'onnxruntime-node-cpu': runtime() });
  assert.deepEqual(both.runtime().providers, ['cpu', 'cuda']);
  assert.deepEqual(both.asked, ['onnxruntime-node']);
});

test('else the one that comes along, which knows the CPU', () => {
  assert.deepEqual(load({ 'onnxruntime-node-cpu': runtime() }).runtime().providers, ['cpu']);
  const broken = load({
    'onnxruntime-node': new Error('libcudart.so.12: no such file'),
    'onnxruntime-node-cpu': runtime(),
  });
  assert.deepEqual(broken.runtime().providers, ['cpu']);
});

test('without any, every reason is told in one line; that the project installed none is no reason', () => {
  const musl = new Error('Error loading shared library ld-linux-x86-64.so.2: No such file\n    at somewhere');
  assert.throws(load({ 'onnxruntime-node-cpu': musl }).runtime, {
    message: 'onnxruntime-node-cpu: Error loading shared library ld-linux-x86-64.so.2: No such file',
  });
  const inner = Object.assign(new Error("Cannot find module 'onnxruntime-common'"), { code: 'MODULE_NOT_FOUND' });
  assert.throws(load({ 'onnxruntime-node': inner }).runtime, {
    message: "onnxruntime-node: Cannot find module 'onnxruntime-common'; onnxruntime-node-cpu: not installed",
  });
});

test('the one that comes along is really there', () => {
  assert.deepEqual(loadNativeRuntime().providers, ['cpu']);
});
