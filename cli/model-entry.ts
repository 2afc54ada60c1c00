import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type CustomModel, customModel, customModelName } from '../plugin/contracts/custom-model';
import { unreadable } from '../plugin/folder/find-pictures';
import { UsageError } from './command';

/** What `model add` prints: the part of the configuration that has the model. */
const printed = z.object({
  model: customModelName,
  models: z.object({ custom: z.record(customModelName, customModel) }),
});

export interface NamedEntry {
  model: string;
  custom: Record<string, CustomModel>;
}

/** What `--model` and `--entry` name: one of them at most. */
export async function chosenModel({ model, entry }: { model?: string; entry?: string }): Promise<Partial<NamedEntry>> {
  if (entry && model) throw new UsageError('Expected either --model or --entry.');
  return entry ? readModelEntry(entry) : { model };
}

/** A model of one's own, as `model add` has printed it into a file. */
export async function readModelEntry(file: string): Promise<NamedEntry> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw unreadable('model entry', file, error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`Expected what "model add" prints in ${file}, but it is no JSON.`);
  }
  const parsed = printed.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new UsageError(`Expected what "model add" prints in ${file}, but ${path.join('.')}: ${message}.`);
  }
  const { model, models } = parsed.data;
  if (!Object.hasOwn(models.custom, model)) {
    throw new UsageError(`Expected models.custom.${model} in ${file}.`);
  }
  return { model, custom: models.custom };
}
