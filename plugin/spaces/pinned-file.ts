import type { ModelEntry } from '../models/entry';
import type { ResolvedModel } from '../models/model';
import type { Logger, Records, Space } from '../ports';
import { agree } from './agree';

interface PinnedFile {
  sha256: string;
}

export interface PinDeps {
  space: Space;
  records: Records;
  logger: Pick<Logger, 'info'>;
  /** @param pinned SHA-256 that the file must have. */
  resolve(pinned?: string): Promise<ResolvedModel>;
}

/** Nothing says which file the model is. */
export const isUnpinned = ({ source }: ModelEntry): boolean => source.kind === 'onnx' && source.sha256 === undefined;

/** The file that the space's first vectors were made with, on whichever node: those of another file must not come among them. */
export async function pinned({ space, records, logger, resolve }: PinDeps): Promise<ResolvedModel> {
  const name = `model-file/${space.id}`;
  const known = await records.read<PinnedFile>(name);
  const model = await resolve(known?.value.sha256);
  const agreed = await agree<PinnedFile>(records, name, (now) => (now ? undefined : { sha256: model.sha256 }));
  if (agreed && agreed.sha256 !== model.sha256) return resolve(agreed.sha256);
  if (!known) {
    logger.info(
      `Model ${model.name} is the file with SHA-256 ${model.sha256} from now on; write it into the configuration to be sure of it on other machines.`,
    );
  }
  return model;
}
