import type * as Common from 'onnxruntime-common';

/** What the installed versions of onnxruntime for Node have in common. */
export interface NativeRuntime {
  InferenceSession: typeof Common.InferenceSession;
  Tensor: typeof Common.Tensor;
  /** Names of the execution providers that it was built with. */
  providers: readonly string[];
}

/**
 * The project's own choice first: it may be newer, or know a GPU. The other one comes with this package: a release without an install
 * script, which in later ones downloads CUDA libraries (docs/decisions/15-installation.md).
 */
const PACKAGES = ['onnxruntime-node', 'onnxruntime-node-cpu'] as const;

interface Installed {
  InferenceSession: typeof Common.InferenceSession;
  Tensor: typeof Common.Tensor;
  /** Newer releases only. */
  listSupportedBackends?(): Array<{ name: string }>;
}

/** @throws Error with the reasons of all packages, when none can be loaded. */
export function loadNativeRuntime(load: (name: string) => unknown = require): NativeRuntime {
  const failures: string[] = [];
  for (const name of PACKAGES) {
    try {
      const { InferenceSession, Tensor, listSupportedBackends } = load(name) as Installed;
      const providers = listSupportedBackends?.().map((backend) => backend.name) ?? ['cpu'];
      return { InferenceSession, Tensor, providers };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const absent = code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`);
      // That one is for the project to install, or not.
      if (!(absent && name === PACKAGES[0])) failures.push(`${name}: ${absent ? 'not installed' : firstLine(message)}`);
    }
  }
  throw new Error(failures.join('; '));
}

const firstLine = (text: string) => text.split('\n')[0];
