import type { Preprocessing } from '../../models/model';
import type { ExplainResult } from '../../ports';
import { dot } from '../../vectors/cosine';
import { badVector, notExplainable } from '../reasons';
import type { Decoded } from './decode';
import type { EnginePool } from './engine-pool';
import { CHANNELS, explain, mute } from './explanation';
import { drawOverlay } from './overlay';

export interface ExplainDeps {
  engines: Pick<EnginePool, 'run'>;
  preprocessing: Preprocessing;
  /** Whether the model gives features whose mean the embedding is. */
  isExplainable: boolean;
  decode(path: string): Promise<Decoded>;
}

/** Explains why two pictures are alike, with one inference over both and over both without each colour. */
export async function explainPair(paths: readonly [string, string], deps: ExplainDeps): Promise<ExplainResult> {
  const { engines, preprocessing, decode } = deps;
  const { size, channels, mean } = preprocessing;
  if (!deps.isExplainable) return notExplainable();
  const pictures: Uint8Array[] = [];
  for (const path of paths) {
    const decoded = await decode(path);
    if (!decoded.ok) return decoded;
    pictures.push(decoded.pixels);
  }
  const meanOf = (channel: number) => mean[channels === 'rgb' ? channel : 2 - channel];
  const inputs = [
    ...pictures,
    ...CHANNELS.flatMap((_, channel) => pictures.map((pixels) => mute(pixels, channel, meanOf(channel)))),
  ];
  const values = 3 * size * size;
  const batch = new Uint8Array(inputs.length * values);
  for (const [at, pixels] of inputs.entries()) batch.set(pixels, at * values);

  const { vectors, features } = await engines.run(batch, inputs.length, true);
  const [a, b, ...muted] = vectors;
  if (!a || !b || !features) return badVector();
  const map = features.length / inputs.length;
  const turned = (whole: Float32Array, without?: Float32Array) => (without ? Math.max(0, 1 - dot(whole, without)) : 1);
  const turns = CHANNELS.map((_, channel) => turned(a, muted[2 * channel]) + turned(b, muted[2 * channel + 1]));
  const explanation = explain([a, b], [features.subarray(0, map), features.subarray(map, 2 * map)], turns);
  const { query, result } = explanation.regions;
  return { ok: true, explanation, overlay: await drawOverlay(pictures, [query, result], size) };
}
