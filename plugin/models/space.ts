import type { PictureSource, Space } from '../ports';
import type { ModelDescriptor } from './model';

/** The space of a model's vectors, e.g. `efficientnet-lite0@1/lanczos3`, whichever file of a picture they are made of. */
export function spaceOf(model: ModelDescriptor): Space {
  const { name, version, variant, definition, precision, dims, preprocessing } = model;
  const weights = [variant, definition, precision].map((part) => (part ? `+${part}` : '')).join('');
  return { id: `${name}@${version}${weights}/${preprocessing.resize}`, model: name, dims };
}

/** Vectors of smaller copies are another space's, e.g. `efficientnet-lite0@1/lanczos3/derivative`. */
export const spaceFrom = (space: Space, kind: PictureSource['kind'] | undefined): Space =>
  kind ? { ...space, id: `${space.id}/${kind}` } : space;
